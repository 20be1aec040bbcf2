import type { Known } from "@countersign/audit/ledger/check-row";
import { type OpenedCheckpoint, readCheckpoint, type Trust } from "@countersign/audit/ledger/checkpoint";
import { createRange, type Edge } from "@countersign/audit/ledger/compact-range";
import type { Crypto } from "@countersign/audit/ledger/ed25519";
import type { Finding } from "@countersign/audit/ledger/findings";
import { isSameHash } from "@countersign/audit/ledger/merkle";
import { createVerification, type Verdict } from "@countersign/audit/ledger/verify";
import { readTiles, type TreeNode } from "./checked-tiles.ts";
import { readRows } from "./log-rows.ts";
import { openLogTree } from "./log-tree.ts";
import { type Position, readPositions } from "./positions.ts";
import { latestCheckpoint } from "./sealing.ts";
import { type KeptNote, readNotes, readOutside } from "./signed-notes.ts";
import type { Transaction } from "./transaction.ts";
import { reportUnsealed } from "./unsealed-rows.ts";

/** Says what manifests and holds know of the events at these positions. */
export type ReadKnown = (
  tx: Transaction,
  epoch: number,
  positions: readonly Position[],
) => Promise<(index: number) => Known>;

export type VerifyOptions = {
  epoch: number;
  crypto: Crypto;
  /** Null: no key is known, so nothing is but consistent with itself. */
  trust: Trust | null;
  /** Notes that are kept outside of the database. */
  readAnchors: () => Promise<readonly string[]>;
  /** A checkpoint up to which the log was verified before; the walk begins there if the leaves before still make its root. */
  start?: string | undefined;
  /** From which id on rows without a position are looked for; null: not at all. */
  unsealedFrom: string | null;
  readKnown?: ReadKnown | undefined;
  onFinding: (finding: Finding) => void;
  onProgress?: ((done: number, total: number) => void) | undefined;
  sleep: (ms: number) => Promise<unknown>;
  signal?: AbortSignal | undefined;
};

export type LogVerdict = Verdict & {
  /** The first index that was looked at. */
  from: number;
  /** Sizes of the notes from outside. */
  anchors: readonly number[];
  /** The newest checkpoint that the leaves made, as it was signed. */
  verified: { size: number; note: string } | null;
  /** The largest size that a trusted witness cosigned, and when. */
  cosigned: { size: number; timeS: number } | null;
};

const nothingKnown: ReadKnown = async () => () => ({ expired: false, erased: false, held: false });

/** Where the walk may begin: after an earlier one, if what it saw still stands. */
const startOf = async (
  tx: Transaction,
  { epoch, crypto, start }: VerifyOptions,
  total: number,
): Promise<Edge | undefined> => {
  const read = start === undefined ? undefined : readCheckpoint(start);
  if (!read?.ok || read.value.checkpoint.size > total) return undefined;
  const { size, root } = read.value.checkpoint;
  // Where the positions before it have a hole there is no edge, and the whole walk tells of it.
  const edge = await openLogTree(tx, epoch, crypto.sha256)
    .edge(size)
    .catch(() => undefined);
  return edge && isSameHash(createRange(crypto.sha256, edge).root(), root) ? edge : undefined;
};

/**
 * Walks one epoch of the log in the order of its leaves, some thousands at a time: each row against what was sealed, tiles
 * against the leaves, every checkpoint and what is kept outside against the tree. It may be written meanwhile: what is
 * added after the beginning is left for the next walk.
 */
export const verifyLog = async (tx: Transaction, options: VerifyOptions): Promise<LogVerdict> => {
  const { epoch, crypto, trust, onFinding, onProgress, sleep, signal, unsealedFrom } = options;
  const readKnown = options.readKnown ?? nothingKnown;
  const { anchors, total, published, tiles: tileCounts } = await readOutside(tx, epoch, options.readAnchors, sleep);
  const start = await startOf(tx, options, total);
  const from = start?.size ?? 0;

  let nodes: TreeNode[] = [];
  const onNode = (level: number, index: number, hash: Uint8Array): void => {
    if (level > 0 && level % 8 === 0) nodes.push({ level, index, hash });
  };
  const verification = createVerification({ crypto, trust, onFinding, start, onNode });
  const { report } = verification;
  let cosigned: LogVerdict["cosigned"] = null;
  const believe = (opened: OpenedCheckpoint | null): void => {
    const size = opened?.checkpoint.size ?? 0;
    for (const { timeS } of opened?.cosignatures ?? []) if (size > (cosigned?.size ?? 0)) cosigned = { size, timeS };
  };
  const expectOutside = (note: string): void => {
    const read = readCheckpoint(note);
    if (!read.ok || read.value.checkpoint.size >= from) believe(verification.expectNote("anchor", note));
  };
  const expectKept = ({ size, root, note }: KeptNote): void => {
    const read = readCheckpoint(note);
    const said = read.ok ? read.value.checkpoint : null;
    if (said === null || said.size !== size || !isSameHash(said.root, root)) {
      report({ code: "ALTERED", index: size, id: null, part: "checkpoint" });
    }
    if (said !== null && said.size >= verification.size()) believe(verification.expectNote("log", note));
  };

  for (const note of anchors) expectOutside(note);
  if (options.start !== undefined) {
    if (start === undefined) expectOutside(options.start);
    else believe(verification.expectNote("log", options.start));
  }
  for (const kept of await readNotes(tx, epoch, from - 1, from)) expectKept(kept);
  /** The last index whose position is not what its tile says, or is missing: no subtree over it can be compared. */
  let lastTainted = -1;

  const read = async (positions: readonly Position[]) => {
    const first = positions[0]?.index ?? 0;
    const end = first + positions.length;
    const ids = positions.flatMap(({ id }) => id ?? []);
    const [rows, tiles, notes, known] = await Promise.all([
      readRows(tx, ids),
      readTiles(tx, epoch, tileCounts, first, end),
      readNotes(tx, epoch, first, end),
      readKnown(tx, epoch, positions),
    ]);
    return { positions, rows, tiles, notes, known };
  };
  const check = ({ positions, rows, tiles, notes, known }: Awaited<ReturnType<typeof read>>): void => {
    for (const note of notes) expectKept(note);
    for (const finding of tiles.missing()) report(finding);
    for (const { index, id, hash } of positions) {
      const tileHash = tiles.leafHash(index);
      const stored = (id === null ? undefined : rows.get(id)) ?? [];
      const [only = null] = stored;
      const row =
        stored.length < 2 ? only : (stored.find((one) => hash !== null && isSameHash(one.leafHash, hash)) ?? only);
      for (const other of stored) if (other !== row) report({ code: "EXTRA", index, id, part: "row" });
      if (hash === null || id === null || (tileHash !== null && !isSameHash(tileHash, hash))) lastTainted = index;
      verification.add({ index, id, ledgerHash: hash, tileHash, row, known: known(index) });
      for (const node of nodes) {
        const finding = node.index * 2 ** node.level > lastTainted ? tiles.check(node) : null;
        if (finding !== null) report(finding);
      }
      nodes = [];
    }
  };

  onProgress?.(from, total);
  let reading: ReturnType<typeof read> | null = null;
  for await (const positions of readPositions(tx, epoch, from, total, report)) {
    signal?.throwIfAborted();
    const next: ReturnType<typeof read> = read(positions);
    next.catch(() => undefined);
    if (reading !== null) {
      check(await reading);
      onProgress?.(verification.size(), total);
    }
    reading = next;
  }
  if (reading !== null) check(await reading);
  const ended = verification.size();
  for (const kept of await readNotes(tx, epoch, Math.max(ended, published - 1), published)) expectKept(kept);
  if (unsealedFrom !== null) await reportUnsealed(tx, unsealedFrom, { report, sleep });
  onProgress?.(total, total);
  const verdict = verification.finish();
  const outside = anchors.flatMap((note) => {
    const read = readCheckpoint(note);
    return read.ok ? { size: read.value.checkpoint.size, note } : [];
  });
  const met = verdict.lastMet;
  const kept = met === null ? undefined : await latestCheckpoint(tx, epoch, met.size);
  const verified = [...(kept === undefined ? [] : [kept]), ...outside].find(({ size }) => size === met?.size);
  return {
    ...verdict,
    from,
    anchors: outside.map(({ size }) => size),
    verified: verified === undefined ? null : { size: verified.size, note: verified.note },
    cosigned,
  };
};
