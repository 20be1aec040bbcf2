import { messageLink } from "@countersign/audit/alerts/message";
import { Webhook } from "standardwebhooks";
import type { Send } from "./channel.ts";
import { type Outbound, postChecked } from "./post-checked.ts";

/** Signed as Standard Webhooks: HMAC-SHA256 over id, time and body, with both secrets while one replaces the other. */
export const sendWebhook =
  (outbound: Outbound): Send =>
  ({ url, secret, oldSecret }, message, key, { office, origin, checkpoint }, stop) => {
    const at = new Date(outbound.now());
    const body = JSON.stringify({
      type: `alert.${message.kind}`,
      timestamp: at.toISOString(),
      data: { office, ...message, link: messageLink(message, origin), checkpoint },
    });
    const secrets = [secret, oldSecret].filter((one) => one !== null);
    const headers = {
      "content-type": "application/json",
      "idempotency-key": key,
      "webhook-id": key,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": secrets.map((one) => new Webhook(one).sign(key, at, body)).join(" "),
    };
    return postChecked(url ?? "", body, headers, outbound, stop);
  };
