import { Button } from "@mantine/core";
import { texts } from "../texts.ts";
import { Brand } from "./brand.tsx";
import { EmptyState } from "./empty-state.tsx";
import classes from "./states.module.css";

/** What stands in place of a page that failed to draw or to load. */
export function CrashPage() {
  return (
    <main className={classes.bare}>
      <Brand size={36} word={false} />
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
