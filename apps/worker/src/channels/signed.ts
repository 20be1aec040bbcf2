import type { SendingChannel } from "@countersign/db/notifications";
import { Webhook } from "standardwebhooks";
import type { Outbound } from "./post-checked.ts";

/** Headers of a signed body (Standard Webhooks): HMAC-SHA256 over key, time and body, with both secrets while one replaces the other. */
export const signedHeaders = (
  { id, secret, oldSecret }: Pick<SendingChannel, "id" | "secret" | "oldSecret">,
  { secrets: { open }, now }: Pick<Outbound, "secrets" | "now">,
  key: string,
  { body, mediaType }: { body: string; mediaType: string },
): Record<string, string> => {
  const at = new Date(now());
  const secrets = [secret, oldSecret].filter((one) => one !== null).map((one) => open(id, one));
  return {
    "content-type": mediaType,
    "idempotency-key": key,
    "webhook-id": key,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": secrets.map((one) => new Webhook(one).sign(key, at, body)).join(" "),
  };
};
