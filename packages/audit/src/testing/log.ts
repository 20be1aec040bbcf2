import { sealDraft } from "../event.ts";
import { readLeaf } from "../leaf.ts";
import type { LogRow } from "../ledger/check-row.ts";
import { signCheckpoint, type Trust } from "../ledger/checkpoint.ts";
import { type Hash, rootOf } from "../ledger/merkle.ts";
import type { Signer } from "../ledger/sign-note.ts";
import type { Entry } from "../ledger/verify.ts";
import { verifierKey } from "../ledger/vkey.ts";
import { keyPair, sha256 } from "./node-crypto.ts";

export const origin = "log.example/office";

/** A key of the log by its number, always the same. */
export const logSigner = (number: number): Signer => {
  const pair = keyPair(new Uint8Array(32).fill(number));
  return { key: verifierKey(origin, 1, pair.publicKey, sha256), sign: pair.sign };
};
export const trust: Trust = { origin, keys: [logSigner(1).key] };

/** The row that the database makes of a sealed event; every column is filled for odd numbers. */
export const makeRow = (number: number): LogRow => {
  const id = `0192f5b2-7c1e-7b3a-9d7e-${String(number).padStart(12, "0")}`;
  const isFull = number % 2 === 1;
  const event = sealDraft(
    {
      code: "permit_approve",
      status: "success",
      actor: { type: "user", id: "7" },
      source: "app",
      notes: `note ${number}`,
      ...(isFull && {
        object: { type: "permit", id: String(number) },
        target: { type: "user", id: "9" },
        approvalId: "12",
        occurredAt: "2026-11-23T03:17:35.900Z",
        request: { id: "r_1", method: "POST", endpoint: "/api/permits" },
      }),
    },
    {
      id,
      receivedAt: "2026-11-23T03:17:36.123Z",
      severity: "high",
      policy: "decision",
      salt: new Uint8Array(32).fill(number),
    },
    sha256,
  );
  return {
    id,
    policy: "decision",
    code: "permit_approve",
    category: readLeaf(event.leaf)?.category ?? "",
    severity: "high",
    status: "success",
    occurredAt: isFull ? "2026-11-23T03:17:35.900000Z" : "2026-11-23T03:17:36.123000Z",
    receivedAt: "2026-11-23T03:17:36.123000Z",
    actorType: "user",
    actorId: "7",
    objectType: isFull ? "permit" : null,
    objectId: isFull ? String(number) : null,
    targetType: isFull ? "user" : null,
    targetId: isFull ? "9" : null,
    requestMethod: isFull ? "POST" : null,
    endpoint: isFull ? "/api/permits" : null,
    requestId: isFull ? "r_1" : null,
    source: "app",
    approvalId: isFull ? "12" : null,
    leaf: event.leaf,
    leafHash: event.leafHash,
    details: event.details,
    salt: event.salt,
  };
};

/** An untouched log of that size: a tile tells the first `tiled` hashes. */
export const makeEntries = (size: number, tiled: number): Entry[] =>
  Array.from({ length: size }, (_, index) => {
    const row = makeRow(index);
    const known = { expired: false, erased: false, held: false };
    return { index, id: row.id, ledgerHash: row.leafHash, tileHash: index < tiled ? row.leafHash : null, row, known };
  });

/** The signed checkpoint over the first `size` hashes. */
export const noteAt = (hashes: readonly Hash[], size: number, signer: Signer = logSigner(1)): string =>
  signCheckpoint({ origin, size, root: rootOf(hashes.slice(0, size), sha256) }, [signer]);
