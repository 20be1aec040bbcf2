import type { SendingChannel } from "@countersign/db/notifications";
import { Webhook } from "standardwebhooks";

/** Headers of a signed body (Standard Webhooks): HMAC-SHA256 over key, time and body, with both secrets while one replaces the other. */
export const signedHeaders = (
  { secret, oldSecret }: Pick<SendingChannel, "secret" | "oldSecret">,
  key: string,
  at: Date,
  { body, mediaType }: { body: string; mediaType: string },
): Record<string, string> => {
  const secrets = [secret, oldSecret].filter((one) => one !== null);
  return {
    "content-type": mediaType,
    "idempotency-key": key,
    "webhook-id": key,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": secrets.map((one) => new Webhook(one).sign(key, at, body)).join(" "),
  };
};
