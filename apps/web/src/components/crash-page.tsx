import { Button } from "@mantine/core";
import { texts } from "../texts.ts";
import { EmptyState } from "./empty-state.tsx";

/** What stands in place of a page that failed to draw or to load. */
export function CrashPage() {
  return (
    <main>
      <EmptyState
        level="h1"
        title={texts.failure.title}
        actions={
          <Button variant="default" onClick={() => window.location.reload()}>
            {texts.failure.reload}
          </Button>
        }
      >
        {texts.failure.unexpected}
      </EmptyState>
    </main>
  );
}
