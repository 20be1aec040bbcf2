import { browserCrypto } from "@countersign/audit/ledger/browser-crypto";
import { parseVkey, signatureType, type VerifierKey } from "@countersign/audit/ledger/vkey";

/** A public key as the server names it. */
export type NamedKey = { vkey: string; kind: string; addedAt: string; retiredAt: string | null };

/** The keys that sign the log now, the newest first. */
export const offeredKeys = (keys: readonly NamedKey[]): string[] =>
  keys
    .filter(({ kind, retiredAt }) => kind === "log" && retiredAt === null)
    .map(({ vkey }) => vkey)
    .reverse();

/** The witnesses that the server names; their word counts only beside that of a trusted key. */
export const witnessKeys = (keys: readonly NamedKey[]): VerifierKey[] =>
  keys
    .filter(({ kind }) => kind === "witness")
    .flatMap(({ vkey }) => parseVkey(vkey, browserCrypto.sha256) ?? [])
    .filter(({ type }) => type === signatureType.cosignature);
