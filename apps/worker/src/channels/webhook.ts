import { messageLink } from "@countersign/audit/alerts/message";
import type { Send } from "./channel.ts";
import { type Outbound, postChecked } from "./post-checked.ts";
import { signedHeaders } from "./signed.ts";

export const sendWebhook =
  (outbound: Outbound): Send =>
  (channel, message, key, { office, origin, checkpoint }, stop) => {
    const body = JSON.stringify({
      type: `alert.${message.kind}`,
      timestamp: new Date(outbound.now()).toISOString(),
      data: { office, ...message, link: messageLink(message, origin), checkpoint },
    });
    const headers = signedHeaders(channel, outbound, key, { body, mediaType: "application/json" });
    return postChecked(channel.url ?? "", body, headers, outbound, stop);
  };
