import { Button, VisuallyHidden } from "@mantine/core";
import { AfterDelay } from "../../components/after-delay.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import states from "../../components/states.module.css";
import { dateTime, type Zone, zoneName } from "../../format.ts";
import { texts } from "../../texts.ts";
import classes from "./log-page.module.css";

const widths = [62, 48, 71, 55, 80, 44, 66, 58, 73, 50, 61, 69, 47, 76];

type Props = { onCancel: () => void; isCancelled: boolean; onRetry: () => void };

/** Rows to come, in their final size; after a while a way to stop waiting. */
export function LoadingLog({ onCancel, isCancelled, onRetry }: Props) {
  if (isCancelled) {
    return (
      <EmptyState
        title={texts.log.cancelled}
        actions={
          <Button variant="default" onClick={onRetry}>
            {texts.failure.retry}
          </Button>
        }
      >
        {texts.failure.holds}
      </EmptyState>
    );
  }
  return (
    <div className={classes.loading} aria-busy>
      <VisuallyHidden role="status">{texts.log.loading}</VisuallyHidden>
      <AfterDelay ms={150}>
        {widths.map((width, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows to come have no identity
          <div key={index} className={classes.loadingRow} aria-hidden>
            <span className={states.skeleton} />
            <span className={states.skeleton} />
            <span className={states.skeleton} style={{ inlineSize: `${width}%` }} />
            <span className={states.skeleton} />
          </div>
        ))}
      </AfterDelay>
      <SlowBar onCancel={onCancel} />
    </div>
  );
}

/** After a while, that the answer takes long, and a way to stop waiting for it. */
export function SlowBar({ onCancel }: { onCancel: () => void }) {
  return (
    <AfterDelay ms={800}>
      <div role="status" className={classes.slow}>
        {texts.log.slow}
        <Button variant="default" size="xs" onClick={onCancel}>
          {texts.log.cancel}
        </Button>
      </div>
    </AfterDelay>
  );
}

/** Down to where the log was looked at, when the rest takes longer than an answer may, and the way on. */
export function Reached({ at, zone, onContinue }: { at: string; zone: Zone; onContinue: (() => void) | null }) {
  return (
    <div role="status">
      {texts.log.reached(`${dateTime(at, zone)} ${zoneName(zone)}`)}{" "}
      <Button variant="default" size="xs" aria-disabled={onContinue === null} onClick={() => onContinue?.()}>
        {onContinue === null ? texts.log.loadingMore : texts.log.goOn}
      </Button>
    </div>
  );
}
