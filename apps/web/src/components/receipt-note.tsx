import { CloseButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { BadgeCheck } from "lucide-react";
import type { Receipt } from "../api.ts";
import { clockTime } from "../format.ts";
import { texts } from "../texts.ts";
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
  return (
    <div className={classes.receipt} role="status">
      <BadgeCheck className={classes.receiptIcon} size={18} aria-hidden />
      <div className={classes.receiptText}>
        {sentence ? (
          <>
            <Foreign text={sentence} />{" "}
          </>
        ) : null}
        {done.receipt ? (
          <>
            {texts.receipt.kept}{" "}
            <Link to="/log" search={{ event: done.receipt.id }}>
              {texts.receipt.event(`${done.receipt.id.slice(0, 13)}…`)}
            </Link>{" "}
            <time dateTime={done.receipt.receivedAt}>{clockTime(done.receipt.receivedAt, "local")}</time>
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
