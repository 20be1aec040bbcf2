import { CloseButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { BadgeCheck, Hourglass } from "lucide-react";
import type { Asked, Receipt } from "../api.ts";
import { clockTime } from "../format.ts";
import { usePreferences } from "../preferences.ts";
import { texts } from "../texts.ts";
import { approvalTexts } from "./approval-texts.ts";
import { Foreign } from "./foreign.tsx";
import classes from "./states.module.css";

type Props = {
  done: Receipt;
  /** What was done, where the page itself does not show it. */
  sentence?: string | null;
  onDismiss: () => void;
};

/** What an act left behind: the event that was kept, with the way to it. It stays until it is dismissed. */
export function ReceiptNote({ done, sentence, onDismiss }: Props) {
  const asked = done.outcome === "pending" ? done.request : undefined;
  const { zone } = usePreferences();
  const Icon = asked ? Hourglass : BadgeCheck;
  return (
    <div className={classes.receipt} role="status">
      <Icon className={classes.receiptIcon} size={18} aria-hidden />
      <div className={classes.receiptText}>
        {asked ? <AskedText request={asked} /> : null}
        {sentence && !asked ? (
          <>
            <Foreign text={sentence} />{" "}
          </>
        ) : null}
        {asked ? null : done.receipt ? (
          <>
            {texts.receipt.kept}{" "}
            <Link to="/log" search={{ event: done.receipt.id }}>
              {texts.receipt.event(`${done.receipt.id.slice(0, 13)}…`)}
            </Link>{" "}
            <time dateTime={done.receipt.receivedAt}>{clockTime(done.receipt.receivedAt, zone)}</time>
          </>
        ) : done.outcome === "no_change" ? (
          texts.receipt.noChange
        ) : (
          texts.receipt.suppressed
        )}
      </div>
      <CloseButton aria-label={texts.receipt.dismiss} onClick={onDismiss} />
    </div>
  );
}

/** That an act was asked for and not done, and where it waits. */
export function AskedText({ request }: { request: Asked["request"] }) {
  return (
    <>
      {approvalTexts.asked}{" "}
      <Link to="/approvals" search={{ box: "mine" }} hash={`request-${request.id}`}>
        {approvalTexts.request(request.id)}
      </Link>
      . {request.deciders === 0 ? approvalTexts.nobody : null}
    </>
  );
}
