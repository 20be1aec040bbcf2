import type { Category, Policy, Severity, Status } from "./event-type.ts";
import type { JsonObject, Sha256 } from "./json.ts";
import { fromBase64, toBase64, utf8, utf8Length } from "./utf8.ts";

/** The non-personal facts of an event as they stand in its leaf. */
export type Leaf = {
  v: 1;
  id: string;
  code: string;
  category: Category;
  status: Status;
  severity: Severity;
  policy: Policy;
  /** UTC, milliseconds, Z. */
  receivedAt: string;
  occurredAt?: string | undefined;
  source: string;
  actor: { type: string; id?: string | undefined };
  object?: { type: string; id: string } | undefined;
  target?: { type: string; id: string } | undefined;
  request?: { id?: string | undefined; method?: string | undefined; endpoint?: string | undefined } | undefined;
  approval?: string | undefined;
  facts?: JsonObject | undefined;
  /** Commitment to the details, base64. */
  details: string;
};

const encoder = new TextEncoder();
const leafPrefix = Uint8Array.of(0);
const detailsPrefix = utf8("countersign/details/1\n");
const saltBytes = 32;

/** What is hashed is needed no longer than that, so one buffer serves every event; a larger text gets its own. */
const scratch = new Uint8Array(16 * 1024);

/** The prefix, `room` for something else and the UTF-8 of a text, in one array that is good until the next call. */
const prefixed = (prefix: Uint8Array, room: number, text: string): Uint8Array => {
  const start = prefix.length + room;
  const fits = start + text.length * 3 <= scratch.length;
  const buffer = fits ? scratch : new Uint8Array(start + utf8Length(text));
  const { written } = encoder.encodeInto(text, buffer.subarray(start));
  buffer.set(prefix);
  return buffer.subarray(0, start + written);
};

/** The hash of a leaf in an RFC 6962 tree: SHA-256 of a zero byte and the leaf. */
export const leafHash = (leaf: string, sha256: Sha256): Uint8Array => sha256(prefixed(leafPrefix, 0, leaf));

/** What a leaf says of its details, base64: without the 32 bytes of salt nothing of them can be guessed back. */
export const detailsCommitment = (details: string, salt: Uint8Array, sha256: Sha256): string => {
  if (salt.length !== saltBytes) throw new RangeError(`a salt has ${saltBytes} bytes`);
  const bytes = prefixed(detailsPrefix, saltBytes, details);
  bytes.set(salt, detailsPrefix.length);
  return toBase64(sha256(bytes));
};

/** The leaf as an object; null when the text is none. Only to be read: what is hashed is the text itself. */
export const readLeaf = (leaf: string): Leaf | null => {
  try {
    const value: unknown = JSON.parse(leaf);
    return typeof value === "object" && value !== null && "details" in value && "code" in value
      ? (value as Leaf)
      : null;
  } catch {
    return null;
  }
};

const isEqual = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, index) => byte === right[index]);

/** A stored event as it is checked; `details` and `salt` are null together once they were erased. */
export type StoredEvent = { leaf: string; leafHash: Uint8Array; details: string | null; salt: Uint8Array | null };

/** intact; erased: the leaf fits and details and salt are both gone; else which part does not fit. */
export type EventVerdict = "intact" | "erased" | "leaf_altered" | "details_altered" | "details_missing";

/** Rehashes the leaf and opens its commitment; says nothing of the event's place in the log. */
export const verifyEvent = (event: StoredEvent, sha256: Sha256): EventVerdict => {
  if (!isEqual(leafHash(event.leaf, sha256), event.leafHash)) return "leaf_altered";
  const leaf = readLeaf(event.leaf);
  if (leaf === null || fromBase64(leaf.details)?.length !== 32) return "leaf_altered";
  if (event.details === null && event.salt === null) return "erased";
  if (event.details === null || event.salt === null) return "details_missing";
  if (event.salt.length !== saltBytes) return "details_altered";
  return detailsCommitment(event.details, event.salt, sha256) === leaf.details ? "intact" : "details_altered";
};
