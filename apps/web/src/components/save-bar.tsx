import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useLostAt } from "../reach.ts";
import { texts } from "../texts.ts";
import { ReasonedButton } from "./reasoned-button.tsx";
import classes from "./save-bar.module.css";

type Props = {
  /** What a reader of the screen hears of this place. */
  label: string;
  summary: string;
  verb: string;
  discard: string;
  isWorking: boolean;
  /** Why the changes cannot be saved as they are; null when they can. */
  reason?: string | null;
  onSave: () => void;
  onDiscard: () => void;
  /** The changes one by one. */
  children?: ReactNode;
};

/** Stands at the foot of a page while changes wait to be saved. */
export function SaveBar({
  label,
  summary,
  verb,
  discard,
  isWorking,
  reason = null,
  onSave,
  onDiscard,
  children,
}: Props) {
  const isLost = useLostAt() !== null;
  return (
    <section className={classes.bar} aria-label={label}>
      <div className={classes.what}>
        <strong role="status">{summary}</strong>
        {children}
      </div>
      <div className={classes.actions}>
        <Button variant="default" onClick={onDiscard} disabled={isWorking}>
          {discard}
        </Button>
        <ReasonedButton reason={isLost ? texts.failure.offlineReason : reason} onClick={() => isWorking || onSave()}>
          {isWorking ? texts.permit.working : verb}
        </ReasonedButton>
      </div>
    </section>
  );
}
