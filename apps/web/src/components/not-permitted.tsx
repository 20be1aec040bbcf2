import type { Feature } from "@countersign/audit/catalogue";
import { texts } from "../texts.ts";
import { EmptyState } from "./empty-state.tsx";
import { Page } from "./page.tsx";

/** A page that the one who is signed in may not see, and the right that it takes. */
export function NotPermitted({ title, feature }: { title: string; feature: Feature }) {
  return (
    <Page title={title}>
      <EmptyState title={texts.notPermitted.title}>{texts.notPermitted.text(feature)}</EmptyState>
    </Page>
  );
}
