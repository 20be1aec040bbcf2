import { openCheckpoint, signCheckpoint } from "@countersign/audit/ledger/checkpoint";
import type { Crypto } from "@countersign/audit/ledger/ed25519";
import type { Signer } from "@countersign/audit/ledger/sign-note";
import { compareWithAnchor } from "@countersign/db/anchor-check";
import type { Database } from "@countersign/db/client";
import type { LogTree } from "@countersign/db/log-tree";
import {
  insertCheckpoint,
  latestCheckpoint,
  lockSigning,
  type StoredCheckpoint,
  sealedSize,
} from "@countersign/db/sealing";
import { inTransaction } from "@countersign/db/transaction";
import type { Anchor } from "./anchor.ts";

export type SignDeps = {
  db: Database;
  tree: LogTree;
  epoch: number;
  origin: string;
  /** Null while the key file is missing: positions go on, signing waits. */
  signer: Signer | null;
  anchor: Anchor;
  crypto: Crypto;
  now: () => number;
  /** For fault tests: the anchor is written, the note not yet published. */
  crashPoint: (point: "after_anchor") => void;
};

export type SignRefusal = "key_missing" | "rolled_back" | "forked" | "anchor_unreadable";
export type Signing =
  | { outcome: "signed"; checkpoint: StoredCheckpoint }
  /** Nothing new, or another process is at it. */
  | { outcome: "idle" }
  | { outcome: "refused"; reason: SignRefusal; size: number; anchorSize: number | null };

/**
 * Signs the tree as it stands, if it grew. Before that the anchor outside the database is asked: a log that is smaller
 * than what was signed, or that does not begin with it, is never signed. The anchor is durable before the note is published.
 */
export const signLog = ({
  db,
  tree,
  epoch,
  origin,
  signer,
  anchor,
  crypto,
  now,
  crashPoint,
}: SignDeps): Promise<Signing> =>
  inTransaction(db, async (tx): Promise<Signing> => {
    if (!(await lockSigning(tx))) return { outcome: "idle" };
    const size = await sealedSize(tx, epoch);
    const published = await latestCheckpoint(tx, epoch);
    const note = await anchor.read();
    if (signer === null) {
      return (published?.size ?? 0) === size
        ? { outcome: "idle" }
        : { outcome: "refused", reason: "key_missing", size, anchorSize: null };
    }
    const anchored = note === null ? null : openCheckpoint(note, { origin, keys: [signer.key] }, crypto);
    if (anchored?.ok === false) return { outcome: "refused", reason: "anchor_unreadable", size, anchorSize: null };
    const old = anchored?.value.checkpoint ?? null;
    const anchorSize = old?.size ?? null;
    const refused = (reason: SignRefusal): Signing => ({ outcome: "refused", reason, size, anchorSize });
    if (anchorSize !== null && size < anchorSize) return refused("rolled_back");
    if (size === 0 || (published?.size === size && anchorSize === size)) return { outcome: "idle" };
    const root = await tree.root(size);
    const compared = old === null ? "extends" : await compareWithAnchor(old, { size, root }, tree, crypto.sha256);
    if (compared !== "extends") return refused(compared);
    const signed = signCheckpoint({ origin, size, root }, [signer]);
    if (anchorSize !== size) await anchor.write(signed);
    crashPoint("after_anchor");
    const checkpoint = { epoch, size, root, note: signed, signedAt: new Date(now()).toISOString() };
    if (published?.size !== size) await insertCheckpoint(tx, checkpoint);
    return { outcome: "signed", checkpoint };
  });
