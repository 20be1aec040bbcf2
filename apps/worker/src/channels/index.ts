import type { ChannelKind } from "@countersign/db/channels";
import { SecretUnreadable } from "@countersign/service/channel-secrets";
import type { Send } from "./channel.ts";
import { sendChat } from "./chat.ts";
import { type Mailing, sendEmail } from "./email.ts";
import type { Outbound } from "./post-checked.ts";
import { sendWebhook } from "./webhook.ts";

/** A channel whose secret cannot be read has failed, and says why. */
const readable =
  (send: Send): Send =>
  async (...call) => {
    try {
      return await send(...call);
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error;
      return { outcome: "failed", code: null, answer: error.message, retryAfterMs: null };
    }
  };

/** How each kind of channel sends a message. */
export const channelSenders = (outbound: Outbound, mailing: Mailing) =>
  ({
    email: sendEmail(mailing),
    webhook: readable(sendWebhook(outbound)),
    chat: readable(sendChat(outbound)),
    /** Of messages a stream takes the marked test alone. */
    stream: readable(sendWebhook(outbound)),
  }) satisfies Record<ChannelKind, Send>;
