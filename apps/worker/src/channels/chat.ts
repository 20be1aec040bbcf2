import { messageLink, messageParts, messageTitle } from "@countersign/audit/alerts/message";
import type { Send } from "./channel.ts";
import { type Outbound, postChecked } from "./post-checked.ts";

/** What Slack's markup would read as its own, and marks that turn the direction of what follows. */
const plain = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, " ");

/** An incoming webhook as Slack, Mattermost and others take it; its address is the secret. */
export const sendChat =
  (outbound: Outbound): Send =>
  ({ id, secret }, message, key, context, stop) => {
    const parts = messageParts(message, context).map((part) =>
      typeof part === "string" ? plain(part) : part.map((item) => `• ${plain(item)}`).join("\n"),
    );
    const text = [`*${plain(messageTitle(message, context))}*`, ...parts, messageLink(message, context.origin)].join(
      "\n",
    );
    const headers = { "content-type": "application/json", "idempotency-key": key };
    return postChecked(outbound.secrets.open(id, secret ?? ""), JSON.stringify({ text }), headers, outbound, stop);
  };
