import { useNavigate } from "@tanstack/react-router";
import type { LogEntry } from "../../api.ts";
import { type PageAction, usePageActions } from "../../components/page-actions.ts";
import { texts } from "../../texts.ts";
import { type DrawerFilter, referenceText } from "./drawer-filter.ts";
import { listTexts } from "./list-texts.ts";

type Doing = { copyLink: () => void; filter: DrawerFilter; onProof: () => void };

/** Offers what can be done with the open event to the command palette. */
export const useEventActions = (entry: LogEntry | undefined, { copyLink, filter, onProof }: Doing): void => {
  const navigate = useNavigate();
  const copy: PageAction = { label: texts.log.drawer.copyLink, run: copyLink };
  const { object, actor } = entry ?? {};
  const actions: PageAction[] = [copy];
  if (entry) actions.push({ label: listTexts.acts.proof, run: onProof });
  if (object) {
    const params = { type: object.type, id: object.id };
    actions.push({ label: listTexts.acts.history, run: () => void navigate({ to: "/history/$type/$id", params }) });
  }
  if (actor) {
    const offer = { field: "actor", value: referenceText(actor) } as const;
    actions.push({ label: listTexts.acts.onlyActor, run: () => filter.apply("only", offer) });
  }
  usePageActions(entry?.name ?? texts.log.drawer.label, actions);
};
