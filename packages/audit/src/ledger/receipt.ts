import type { Sha256 } from "../json.ts";
import { fromBase64, toBase64, utf8 } from "../utf8.ts";
import type { Crypto } from "./ed25519.ts";
import type { Hash } from "./merkle.ts";
import type { Signer } from "./sign-note.ts";
import type { VerifierKey } from "./vkey.ts";

/** What recording answers of one event. */
export type ReceiptItem = { id: string; receivedAt: string; leafHash: Hash };

/** One signature for a whole answer; without an inclusion proof after `sealWithinS` it is evidence of loss. */
export type Receipt = { origin: string; keyId: string; signature: string; sealWithinS: number };

const sealWithinS = 60;

/** The text that a receipt signs: the log's name, the number of items, and the hash of their lines. */
export const receiptText = (origin: string, items: readonly ReceiptItem[], sha256: Sha256): string => {
  const lines = items.map(({ id, receivedAt, leafHash }) => `${id} ${receivedAt} ${toBase64(leafHash)}\n`).join("");
  return `countersign-receipt/1\n${origin}\n${items.length}\n${toBase64(sha256(utf8(lines)))}\n`;
};

/** Signs with the receipt key, never with the log's; the same items give the same bytes. */
export const signReceipt = (
  origin: string,
  items: readonly ReceiptItem[],
  { key, sign }: Signer,
  sha256: Sha256,
): Receipt => ({
  origin,
  keyId: key.keyId,
  signature: toBase64(sign(utf8(receiptText(origin, items, sha256)))),
  sealWithinS,
});

/** Whether the receipt is the key's over just these items in this order. */
export const verifyReceipt = (
  { origin, keyId, signature }: Receipt,
  items: readonly ReceiptItem[],
  key: VerifierKey,
  { sha256, verify }: Crypto,
): "ok" | "key_unknown" | "bad_signature" => {
  if (keyId !== key.keyId) return "key_unknown";
  const bytes = fromBase64(signature);
  if (bytes === null) return "bad_signature";
  return verify(key.publicKey, utf8(receiptText(origin, items, sha256)), bytes) ? "ok" : "bad_signature";
};
