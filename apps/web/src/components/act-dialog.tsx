import type { EventCode } from "@countersign/audit/catalogue";
import { Checkbox, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { texts } from "../texts.ts";
import { approvalTexts } from "./approval-texts.ts";
import classes from "./form-dialog.module.css";
import { FormDialog } from "./form-dialog.tsx";
import { useApproval, useApprovalsInForce } from "./needs-approval.ts";

const words = texts.permit;

type Props = {
  title: string;
  effect: string;
  verb: string;
  error: unknown;
  isWorking: boolean;
  /** The event of the act, where it can wait for a second person. */
  event?: EventCode;
  /** Whether it takes protection away, which waits for a second person once there is one. */
  weakens?: boolean;
  /** Whether the act takes a reason; else one may be given. */
  needsReason?: boolean;
  /** Whether the act has a place for a reason at all. */
  takesReason?: boolean;
  /** Whether everything else is filled in; says at the fields what is not. */
  isReady?: () => boolean;
  onClose: () => void;
  /** The reason is trimmed, and empty when none is given; the wish is for a second person where none is needed. */
  onAct: (reason: string, wish: { askApproval?: true }) => void;
  /** Reads the object again after somebody else changed it. */
  onReadAgain?: () => void;
  /** What has to be seen to decide. */
  beside?: ReactNode;
  children?: ReactNode;
};

/** Names the object and the effect, takes a reason, and stays until the event is kept. */
export function ActDialog(props: Props) {
  const { title, effect, error, isWorking, takesReason = true, isReady, onAct, onClose, onReadAgain, beside } = props;
  const isInForce = useApprovalsInForce();
  const ofEvent = useApproval(props.event);
  const approval = props.weakens && isInForce ? "required" : ofEvent;
  const [isWished, setWished] = useState(false);
  const waits = approval === "required" || isWished;
  const needsReason = props.needsReason || waits;
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const lacksReason = needsReason && reason.trim() === "";
  return (
    <FormDialog
      {...{ title, effect, error, isWorking, onClose, onReadAgain, beside }}
      verb={waits ? approvalTexts.verb : props.verb}
      isEmpty={reason === "" && !props.children}
      isReady={() => {
        setTried(true);
        return (isReady?.() ?? true) && !lacksReason;
      }}
      onSend={() => onAct(reason.trim(), isWished ? { askApproval: true } : {})}
    >
      {approval === "required" ? <p className={classes.approval}>{approvalTexts.needed}</p> : null}
      {props.children}
      {takesReason || waits ? (
        <Textarea
          label={needsReason ? words.reason : `${words.reason} (${words.optional})`}
          description={waits ? approvalTexts.reason : words.reasonHint}
          withAsterisk={needsReason}
          required={needsReason}
          data-autofocus={(needsReason && !props.children) || undefined}
          error={isTried && lacksReason ? words.reasonNeeded : null}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={2_000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      ) : null}
      {approval === "offered" ? (
        <Checkbox
          label={approvalTexts.wish}
          checked={isWished}
          onChange={(event) => setWished(event.currentTarget.checked)}
        />
      ) : null}
    </FormDialog>
  );
}

/** What will differ after the act, line by line. */
export function Effects({ children }: { children: ReactNode }) {
  return <dl className={classes.effect}>{children}</dl>;
}
