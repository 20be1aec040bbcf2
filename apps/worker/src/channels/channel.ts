import type { AlertMessage, MessageContext } from "@countersign/audit/alerts/message";
import type { Recipients, SendingChannel } from "@countersign/db/notifications";

/** What came of one try. An answer is our own sentence, never the receiver's text. */
export type Sent =
  | { outcome: "sent"; code: number | null; answer: string }
  | {
      outcome: "failed";
      code: number | null;
      answer: string;
      retryAfterMs: number | null;
      /** Of mail that some have got: who has not. */
      stillTo?: Recipients;
      /** The receiver works and refused some of those it was for: no reason to let the channel rest. */
      isOfRecipients?: true;
    }
  /** It cannot be sent from here, whatever the receiver does. */
  | { outcome: "held"; reason: "no_mail_server" };

/** Sends one message once, within 10 s. `key` is the same at each try of the same message. */
export type Send = (
  channel: SendingChannel,
  message: AlertMessage,
  key: string,
  context: MessageContext,
  stop: AbortSignal,
) => Promise<Sent>;

/** Of a receiver that neither refuses nor answers (reliability, fault 29). */
export const sendLimits = { connectMs: 3000, totalMs: 10_000, answerBytes: 4096 };
