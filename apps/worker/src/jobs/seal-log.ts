import type { EventDraft } from "@countersign/audit/draft";
import type { Signer } from "@countersign/audit/ledger/sign-note";
import { openLogTree } from "@countersign/db/log-tree";
import { currentEpoch, latestCheckpoint, sealedSize, sealPending } from "@countersign/db/sealing";
import { nodeCrypto } from "@countersign/service/crypto";
import type { Deps } from "../deps.ts";
import { createAnchor } from "../sealing/anchor.ts";
import { keepPlatformEvent } from "../sealing/keep-platform-event.ts";
import { type LedgerOptions, openLedger } from "../sealing/open-ledger.ts";
import { type Signing, type SignRefusal, signLog } from "../sealing/sign-log.ts";

const signEveryMs = 1000;
const keyAgainMs = 5000;
const missedMs = 60_000;
const heartbeatMs = 3_600_000;

const sentences: Record<SignRefusal, string> = {
  key_missing: "the log's key is not here",
  rolled_back: "the database is older than what was signed",
  forked: "the log is not the one that was signed",
  anchor_unreadable: "the anchor is not a checkpoint of this log",
};

/**
 * Gives positions to what was stored and signs the tree as it grows, on any number of workers at once: positions are
 * fenced by their primary key, signing by a lock and by the anchor. Runs again and again; each call does what there is.
 */
export const sealLog = async (deps: Deps, options: LedgerOptions): Promise<(signal: AbortSignal) => Promise<void>> => {
  const { db, now, log } = deps;
  const open = async () => {
    const ledger = await openLedger(db, options, new Date(now()).toISOString());
    const tree = openLogTree(db, ledger.epoch, nodeCrypto.sha256);
    const ref = { type: "ledger", id: ledger.origin, label: "the log" } as const;
    return { ...ledger, tree, anchor: createAnchor(ledger.anchorFile), ref };
  };
  let ledger = await open();
  let signer: Signer | null = null;
  let keyReadAt = Number.NEGATIVE_INFINITY;
  let signedAt = Number.NEGATIVE_INFINITY;
  let tilesWritten = 0;
  let lastRefusal: SignRefusal | null = null;
  const startedAt = now();
  /** What was told already; told again only after it was over. */
  const told = new Set<SignRefusal | "missed">();

  const tell = async (what: SignRefusal | "missed", draft: Omit<EventDraft, "actor" | "source" | "status">) => {
    if (told.has(what)) return;
    told.add(what);
    await keepPlatformEvent(deps, draft);
  };
  const currentSigner = async (): Promise<Signer | null> => {
    if (signer === null && now() - keyReadAt >= keyAgainMs) {
      keyReadAt = now();
      signer = await ledger.readSigner();
    }
    return signer;
  };

  /** An alarm when what is stored goes unsigned for a minute, whoever should have signed it. */
  const watch = async (): Promise<void> => {
    const checkpoint = await latestCheckpoint(db, ledger.epoch);
    const size = await sealedSize(db, ledger.epoch);
    const ageMs = checkpoint === undefined ? null : now() - Date.parse(checkpoint.signedAt);
    if (size === (checkpoint?.size ?? 0)) {
      told.clear();
      if (ageMs !== null && ageMs >= heartbeatMs && (await currentSigner()) !== null) {
        await keepPlatformEvent(deps, { code: "sys_heartbeat", object: ledger.ref, facts: { size } });
      }
      return;
    }
    if (ageMs === null ? now() - startedAt < missedMs : ageMs < missedMs) return;
    const duration = `${Math.round((ageMs ?? now() - startedAt) / 1000)} s`;
    await tell("missed", { code: "sys_checkpoint_missed", object: ledger.ref, metadata: { duration, size } });
  };

  const after = async (signing: Signing): Promise<void> => {
    if (signing.outcome === "signed") {
      told.clear();
      lastRefusal = null;
      return;
    }
    if (signing.outcome === "idle") return;
    const { reason, size, anchorSize } = signing;
    if (reason !== lastRefusal) log.error({ reason, size, anchorSize }, `nothing is signed: ${sentences[reason]}`);
    lastRefusal = reason;
    if (reason === "rolled_back" || reason === "forked") {
      const facts = { position: size, anchor: anchorSize ?? 0 };
      await tell(reason, { code: "sys_log_rolled_back", object: ledger.ref, facts, metadata: facts });
    }
  };

  return async (signal) => {
    const at = new Date(now()).toISOString();
    // Not until all is sealed: events that never stop coming would never be signed.
    const until = now() + signEveryMs;
    while (!signal.aborted && now() < until && (await sealPending(db, at)) !== null) {
      deps.crashPoint("after_seal");
    }
    if (signal.aborted || now() - signedAt < signEveryMs) return;
    signedAt = now();
    if ((await currentEpoch(db)) !== ledger.epoch) {
      ledger = await open();
      signer = null;
      keyReadAt = Number.NEGATIVE_INFINITY;
      tilesWritten = 0;
    }
    const { tree, epoch, origin, anchor } = ledger;
    // Before signing, which holds a transaction open: the root of a long backlog is made of tiles then.
    const size = await sealedSize(db, epoch);
    if (Math.floor(size / 256) > Math.floor(tilesWritten / 256)) {
      await tree.writeTiles(size);
      tilesWritten = size;
    }
    await after(
      await signLog({
        db,
        tree,
        epoch,
        origin,
        signer: await currentSigner(),
        anchor,
        crypto: nodeCrypto,
        now,
        crashPoint: deps.crashPoint,
      }),
    );
    await watch();
  };
};
