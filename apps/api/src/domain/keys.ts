import { eventType, isEventCode } from "@countersign/audit/catalogue";
import { type Changes, changesBetween } from "@countersign/audit/changes";
import type { KeyKind } from "@countersign/audit/key-kinds";
import { type ApiKey, endApiKey, insertApiKey, lockApiKey } from "@countersign/db/api-keys";
import type { Transaction } from "@countersign/db/transaction";
import { newKey } from "../accounts/api-keys.ts";
import { DomainError, notFound } from "./domain-error.ts";
import { msOf } from "./fields.ts";

/** Who acts, and when (milliseconds since 1970). */
export type Acting = { userId: number; now: number };
export type KeyScope = Pick<ApiKey, "name" | "kind" | "codes" | "networks">;
export type KeyChange = { before: ApiKey | null; after: ApiKey };
/** `secret` is the key's text, to be shown once. */
export type NewKey = KeyChange & { before: null; secret: string };

const facts = (key: ApiKey) => ({
  name: key.name,
  kind: key.kind,
  codes: key.codes,
  networks: key.networks,
  expires_at: key.expiresAt,
  revoked_at: key.revokedAt,
});

export const keyChanges = ({ before, after }: KeyChange): Changes =>
  changesBetween(before === null ? null : facts(before), facts(after));

/** Whether other services may state events of this code; those of the platform itself they may not. */
export const isStatable = (code: string): boolean => isEventCode(code) && eventType(code).category !== "platform";

const invalid = (path: string, rule: string, sentence: string): DomainError =>
  new DomainError("invalid", "invalid_input", `Nothing was changed: ${sentence}`, { fields: [{ path, rule }] });

const refuseScope = ({ kind, codes }: KeyScope): void => {
  if (kind === "ingest" && codes.length === 0) {
    throw invalid("codes", "too_small", "a key that records events needs at least one event it may record.");
  }
  if (kind !== "ingest" && codes.length > 0) {
    throw invalid("codes", "not_expected", "a key that does not record has no events to record.");
  }
};

const aYearAfter = (ms: number): number => {
  const date = new Date(ms);
  return date.setUTCFullYear(date.getUTCFullYear() + 1);
};

const refuseExpiry = (expiresMs: number, now: number): void => {
  if (expiresMs <= now) throw invalid("expiresAt", "past", "the key would be over already.");
  if (expiresMs > aYearAfter(now)) throw invalid("expiresAt", "over_one_year", "a key lasts at most one year.");
};

const iso = (ms: number): string => new Date(ms).toISOString();
const stamp = ({ userId, now }: Acting) => ({ at: iso(now), by: userId });

export const createKey = async (
  tx: Transaction,
  scope: KeyScope,
  expiresAt: string,
  acting: Acting,
): Promise<NewKey> => {
  refuseScope(scope);
  const expiresMs = msOf(expiresAt);
  refuseExpiry(expiresMs, acting.now);
  const { text, publicId, secretHash } = newKey();
  const key = { ...scope, publicId, secretHash, expiresAt: iso(expiresMs) };
  return { before: null, after: await insertApiKey(tx, key, stamp(acting)), secret: text };
};

const locked = async (tx: Transaction, id: number): Promise<ApiKey> => {
  const key = await lockApiKey(tx, id);
  if (key === undefined) throw notFound("key");
  return key;
};

/** Ends a key at once. One that is revoked already stays as it is. */
export const revokeKey = async (tx: Transaction, id: number, acting: Acting): Promise<KeyChange> => {
  const before = await locked(tx, id);
  if (before.revokedAt !== null) return { before, after: before };
  return { before, after: await endApiKey(tx, id, { revokedAt: iso(acting.now), by: acting.userId }) };
};

export type Rotation = NewKey & { replaced: KeyChange & { before: ApiKey } };

/**
 * A new key with the scope of an old one, which goes on for the hours of overlap and no longer than it would have anyway.
 * Without an end the new one lasts as long as the old one was to last. `may` refuses who may not make such a key.
 */
export const rotateKey = async (
  tx: Transaction,
  { keyId, overlapHours, expiresAt }: { keyId: number; overlapHours: number; expiresAt?: string | undefined },
  acting: Acting,
  may: (kind: KeyKind) => void,
): Promise<Rotation> => {
  const before = await locked(tx, keyId);
  may(before.kind);
  const { name, kind, codes, networks } = before;
  if (before.revokedAt !== null || Date.parse(before.expiresAt) <= acting.now) {
    throw new DomainError("conflict", "key_over", `${name} is over already; create a new key instead.`);
  }
  const lifetimeMs = Date.parse(before.expiresAt) - Date.parse(before.createdAt);
  const end = expiresAt ?? iso(Math.min(acting.now + lifetimeMs, aYearAfter(acting.now)));
  const made = await createKey(tx, { name, kind, codes, networks }, end, acting);
  const overlapEnd = Math.min(acting.now + overlapHours * 3_600_000, Date.parse(before.expiresAt));
  const after = await endApiKey(
    tx,
    keyId,
    overlapHours === 0 ? { revokedAt: iso(acting.now), by: acting.userId } : { expiresAt: iso(overlapEnd) },
  );
  return { ...made, replaced: { before, after } };
};
