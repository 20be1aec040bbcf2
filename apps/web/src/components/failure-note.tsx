import { Button } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import { failureOf } from "../api.ts";
import { texts } from "../texts.ts";
import { CopyButton } from "./copy-button.tsx";
import { Foreign } from "./foreign.tsx";
import classes from "./states.module.css";

type Props = {
  error: unknown;
  /** What still holds, when it is not "what is kept stays kept". */
  holds?: string;
  title?: string;
  onRetry?: (() => void) | undefined;
  /** What the button says, when it does not simply try again. */
  retryLabel?: string;
};

/** A failed call: what happened, what still holds, what to do, and the request id to quote. */
export function FailureNote({ error, holds, title, onRetry, retryLabel }: Props) {
  const failure = failureOf(error);
  return (
    <div className={classes.failure} role="alert">
      <TriangleAlert className={classes.failureIcon} size={18} aria-hidden />
      <div className={classes.failureBody}>
        {title ? <strong>{title}</strong> : null}
        <div>
          <Foreign text={failure.reason === "unauthenticated" ? texts.failure.signedOut : failure.message} />
          {holds ? ` ${holds}` : null}
        </div>
        {failure.requestId ? (
          <div className={classes.failureId}>
            {texts.failure.request} <code>{failure.requestId}</code>
            <CopyButton value={failure.requestId} label={texts.failure.copy} />
          </div>
        ) : null}
      </div>
      {onRetry ? (
        <Button variant="default" size="xs" onClick={onRetry}>
          {retryLabel ?? texts.failure.retry}
        </Button>
      ) : null}
    </div>
  );
}
