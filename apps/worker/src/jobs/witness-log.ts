import { readCheckpoint } from "@countersign/audit/ledger/checkpoint";
import { cosignedSize, insertCosignature } from "@countersign/db/cosignatures";
import { type LogTree, openLogTree } from "@countersign/db/log-tree";
import { addLedgerKey, currentEpoch, latestCheckpoint, type StoredCheckpoint } from "@countersign/db/sealing";
import { nodeCrypto } from "@countersign/service/crypto";
import type { Deps } from "../deps.ts";
import { type Asked, askWitness } from "../sealing/ask-witness.ts";
import { keepPlatformEvent } from "../sealing/keep-platform-event.ts";
import { type PostLimits, postText } from "../sealing/post-text.ts";
import type { Witness } from "../sealing/witness-list.ts";

const ownLimits: PostLimits = { connectMs: 3000, totalMs: 10_000, answerBytes: 128 * 1024 };
const backoffMs = { first: 5000, most: 300_000 };

/** What is known of the witness in one epoch of the log. */
type Standing = { epoch: number; tree: LogTree; cosigned: number };

/**
 * Asks one witness for its cosignature under the newest checkpoint, if it has none there yet. Runs again and again, one call
 * at a time; a witness that is away or answers nonsense is asked ever more rarely, and nothing waits for it.
 */
export const witnessLog = (
  deps: Deps,
  { url, key, vkey }: Witness,
  limits = ownLimits,
): ((signal: AbortSignal) => Promise<void>) => {
  const { db, now, log } = deps;
  let standing: Standing | null = null;
  let failures = 0;
  let askAgainAt = Number.NEGATIVE_INFINITY;
  let lastTrouble: string | null = null;
  let isAlarmed = false;

  const stand = async (epoch: number): Promise<Standing> => {
    if (standing?.epoch === epoch) return standing;
    await addLedgerKey(db, { vkey, kind: "witness", at: new Date(now()).toISOString() });
    const cosigned = await cosignedSize(db, epoch, vkey);
    standing = { epoch, tree: openLogTree(db, epoch, nodeCrypto.sha256), cosigned };
    return standing;
  };

  /** Said when it begins and when it is over, not each time. */
  const trouble = (what: string, facts: object, isGrave = false): void => {
    failures += 1;
    askAgainAt = now() + Math.min(backoffMs.first * 2 ** (failures - 1), backoffMs.most);
    if (what !== lastTrouble) log[isGrave ? "error" : "warn"]({ ...facts, witness: key.name }, what);
    lastTrouble = what;
  };
  const alarm = async (what: string, { note, size }: StoredCheckpoint, anchor: number): Promise<void> => {
    trouble(what, { size, cosigned: anchor }, true);
    if (isAlarmed) return;
    isAlarmed = true;
    const read = readCheckpoint(note);
    const origin = read.ok ? read.value.checkpoint.origin : "log";
    const object = { type: "ledger", id: origin, label: "the log" } as const;
    const facts = { position: size, anchor, witness: key.name };
    await keepPlatformEvent(deps, { code: "sys_log_rolled_back", object, facts, metadata: facts });
  };

  const take = async (asked: Asked, checkpoint: StoredCheckpoint, known: Standing): Promise<void> => {
    const { epoch, size } = checkpoint;
    if (asked.outcome === "cosigned") {
      const cosignedAt = new Date(asked.timeS * 1000).toISOString();
      await insertCosignature(db, { epoch, size, witness: vkey, line: asked.line, cosignedAt });
      if (lastTrouble !== null) log.info({ witness: key.name, size }, "the witness cosigns again");
      known.cosigned = size;
      failures = 0;
      lastTrouble = null;
      isAlarmed = false;
    } else if (asked.outcome === "ahead") {
      // Another worker may have published a larger one and shown it in the meantime.
      const newest = (await latestCheckpoint(db, epoch)) ?? checkpoint;
      if (newest.size < asked.size) await alarm("the witness cosigned a larger log than this", newest, asked.size);
    } else if (asked.outcome === "forked") {
      await alarm("the witness does not find what it cosigned in this log", checkpoint, asked.size);
    } else {
      trouble("the witness did not cosign", { why: asked.why, url: url.host });
    }
  };

  return async (signal) => {
    if (now() < askAgainAt) return;
    const checkpoint = await latestCheckpoint(db, await currentEpoch(db));
    if (checkpoint === undefined) return;
    const known = await stand(checkpoint.epoch);
    if (known.cosigned === checkpoint.size) return;
    const post = (body: string) => postText(url, body, limits, signal);
    const { cosigned, tree } = known;
    const asked = await askWitness({ checkpoint, cosigned, key, tree, crypto: nodeCrypto, now, post });
    if (!signal.aborted || asked.outcome === "cosigned") await take(asked, checkpoint, known);
  };
};
