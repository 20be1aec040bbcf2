import { messageLink } from "@countersign/audit/alerts/message";
import type { Send } from "./channel.ts";
import { type Outbound, postChecked } from "./post-checked.ts";
import { signedHeaders } from "./signed.ts";

export const sendWebhook =
  (outbound: Outbound): Send =>
  (channel, message, key, { office, origin, checkpoint }, stop) => {
    const at = new Date(outbound.now());
    const body = JSON.stringify({
      type: `alert.${message.kind}`,
      timestamp: at.toISOString(),
      data: { office, ...message, link: messageLink(message, origin), checkpoint },
    });
    const headers = signedHeaders(channel, key, at, { body, mediaType: "application/json" });
    return postChecked(channel.url ?? "", body, headers, outbound, stop);
  };
