import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { failureOf } from "../api.ts";
import { useLostAt } from "../reach.ts";
import { texts } from "../texts.ts";
import { FailureNote } from "./failure-note.tsx";
import { focusFirstWrong } from "./first-wrong.ts";
import { useFocusBack } from "./focus-back.ts";
import { Foreign } from "./foreign.tsx";
import classes from "./form-dialog.module.css";
import { OffNote } from "./off-note.tsx";

type Props = {
  title: string;
  effect: string;
  /** Null while there is nothing to be sent. */
  verb: string | null;
  working?: string;
  cancel?: string;
  error: unknown;
  isWorking: boolean;
  /** Whether everything is filled in; says at the fields what is not. */
  isReady?: () => boolean;
  /** Whether nothing would be lost: only then a press beside the dialog closes it. */
  isEmpty?: boolean;
  onClose: () => void;
  onSend: () => void;
  /** Reads the object again after somebody else changed it. */
  onReadAgain?: (() => void) | undefined;
  size?: string;
  /** What has to be seen to decide. */
  beside?: ReactNode;
  children?: ReactNode;
};

/** A form on a sheet: what it does, its fields, why it failed. It is sent once, and not while the server is silent. */
export function FormDialog(props: Props) {
  const { title, effect, verb, error, isWorking, isReady, onClose, onSend, onReadAgain } = props;
  useFocusBack();
  const isLost = useLostAt() !== null;
  const isStale = error ? failureOf(error).reason === "stale_version" : false;
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside={props.isEmpty ?? false}
      title={<Foreign text={title} />}
      {...(props.size && { size: props.size })}
      {...(props.beside && { size: "68rem", classNames: { body: classes.wide ?? "" } })}
    >
      <form
        className={classes.dialog}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const ready = isReady?.() ?? true;
          if (!ready) focusFirstWrong(event.currentTarget);
          else if (verb !== null && !isWorking && !isLost) onSend();
        }}
      >
        <p className={classes.effectText}>
          <Foreign text={effect} />
        </p>
        {props.children}
        {error ? (
          <FailureNote
            error={error}
            {...(isStale && onReadAgain && { onRetry: onReadAgain, retryLabel: texts.failure.readAgain })}
          />
        ) : null}
        <OffNote />
        <div className={classes.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {props.cancel ?? texts.permit.goBack}
          </Button>
          {verb === null ? null : (
            <Button type="submit" data-disabled={isLost} aria-disabled={isWorking || isLost}>
              {isWorking ? (props.working ?? texts.permit.working) : verb}
            </Button>
          )}
        </div>
      </form>
      {props.beside}
    </Modal>
  );
}
