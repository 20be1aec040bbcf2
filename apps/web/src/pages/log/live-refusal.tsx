import { Button } from "@mantine/core";
import { FailureNote } from "../../components/failure-note.tsx";
import classes from "./live.module.css";
import type { LiveLog } from "./live-log.ts";
import { liveTexts } from "./live-texts.ts";

/** Why nothing new is shown although live is on, with the two ways on. */
export function LiveRefusal({ live, onOff }: { live: LiveLog; onOff: () => void }) {
  if (!live.isOn || live.line.kind !== "refused") return null;
  return (
    <div className={classes.refusal}>
      <FailureNote
        title={liveTexts.refusedTitle}
        error={live.line.error}
        holds={liveTexts.refusedHolds}
        onRetry={live.retry}
      />
      <Button variant="subtle" size="xs" onClick={onOff}>
        {liveTexts.turnOff}
      </Button>
    </div>
  );
}
