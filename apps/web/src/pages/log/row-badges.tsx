import { repeatsOf } from "@countersign/audit/repeats";
import { VisuallyHidden } from "@mantine/core";
import { Pin } from "lucide-react";
import type { LogEntry } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { texts } from "../../texts.ts";
import classes from "./event-list.module.css";
import { listTexts } from "./list-texts.ts";

/** What is to be known of a row besides its sentence: for how much it stands, who stated it, and what keeps or left it. */
export function RowBadges({ entry }: { entry: LogEntry }) {
  const repeats = repeatsOf(entry);
  return (
    <>
      {repeats === null ? null : (
        <span className={classes.stated} title={listTexts.repeats(repeats)}>
          <span aria-hidden>×{repeats}</span>
          <VisuallyHidden>{listTexts.repeats(repeats)}</VisuallyHidden>
        </span>
      )}
      {entry.policy === "restored" ? <span className={classes.stated}>{listTexts.restored}</span> : null}
      {entry.erased ? <span className={classes.stated}>{listTexts.erased}</span> : null}
      {entry.held ? (
        <span className={classes.stated}>
          <Pin size={11} aria-hidden /> {texts.log.held}
        </span>
      ) : null}
      {entry.sourceLabel ? (
        <span className={classes.stated}>
          <Foreign text={texts.log.statedBy(entry.sourceLabel)} />
        </span>
      ) : null}
    </>
  );
}
