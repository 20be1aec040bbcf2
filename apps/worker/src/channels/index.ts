import type { ChannelKind } from "@countersign/db/channels";
import type { Send } from "./channel.ts";
import { sendChat } from "./chat.ts";
import { type Mailing, sendEmail } from "./email.ts";
import type { Outbound } from "./post-checked.ts";
import { sendWebhook } from "./webhook.ts";

/** How each kind of channel sends a message. */
export const channelSenders = (outbound: Outbound, mailing: Mailing) =>
  ({
    email: sendEmail(mailing),
    webhook: sendWebhook(outbound),
    chat: sendChat(outbound),
    /** Of messages a stream takes the marked test alone. */
    stream: sendWebhook(outbound),
  }) satisfies Record<ChannelKind, Send>;
