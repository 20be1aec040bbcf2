import type { Checkpoint } from "./checkpoint.ts";
import type { Finding, FindingCode } from "./findings.ts";
import { type Hash, isSameHash } from "./merkle.ts";

/** Where a signed root was found: in the log's own table, or outside of the database. */
export type RootSource = "log" | "anchor" | "witness";

type Signed = { source: RootSource; checkpoint: Checkpoint };

export type SignedRoots = {
  /** Signed at a size that the tree has not passed. */
  expect: (source: RootSource, checkpoint: Checkpoint) => void;
  /** The log holds a checkpoint of that size, whether or not it is believed. */
  published: (size: number) => void;
  isExpected: (size: number) => boolean;
  /** Which of the roots that the tree may have at this size was signed; null when none was, or nothing is expected here. */
  meet: (size: number, roots: readonly Hash[]) => number | null;
  /** Says what the roots that were not met mean, once the tree has ended at `size`. */
  finish: (size: number) => void;
  met: () => { count: number; last: Checkpoint | null };
};

/**
 * Compares what was signed with a tree that grows. A root that was not met is FORKED when a later one was met or two stand
 * signed at one size, since then two histories were signed; else the leaves before it are ALTERED.
 */
export const createSignedRoots = (onFinding: (finding: Finding) => void, start: number): SignedRoots => {
  const ahead = new Map<number, Signed[]>();
  const outside: Signed[] = [];
  let unmet: Signed[] = [];
  let firstUncertain = start;
  let published = start;
  const met: { count: number; last: Checkpoint | null } = { count: 0, last: null };

  const report = (code: FindingCode, { source, checkpoint }: Signed): void =>
    onFinding({ code, index: checkpoint.size, id: null, part: source === "log" ? "checkpoint" : source });

  const meet: SignedRoots["meet"] = (size, roots) => {
    const signed = ahead.get(size) ?? [];
    ahead.delete(size);
    const placeOf = ({ checkpoint }: Signed) => roots.findIndex((root) => isSameHash(root, checkpoint.root));
    const good = signed.find((each) => placeOf(each) >= 0);
    const others = signed.filter((each) => placeOf(each) < 0);
    if (good === undefined) {
      // Another root was met at this very size before.
      if (met.last?.size === size) for (const each of others) report("FORKED", each);
      else unmet.push(...others);
      return null;
    }
    for (const each of [...unmet, ...others]) report("FORKED", each);
    unmet = [];
    firstUncertain = size;
    met.count += signed.length - others.length;
    met.last = good.checkpoint;
    return placeOf(good);
  };

  return {
    expect: (source, checkpoint) => {
      if (source !== "log") outside.push({ source, checkpoint });
      ahead.set(checkpoint.size, [...(ahead.get(checkpoint.size) ?? []), { source, checkpoint }]);
    },
    published: (size) => {
      published = Math.max(published, size);
    },
    isExpected: (size) => ahead.has(size),
    meet,
    finish: (size) => {
      const isContradicted = ({ checkpoint }: Signed) =>
        unmet.some(
          (other) => other.checkpoint.size === checkpoint.size && !isSameHash(other.checkpoint.root, checkpoint.root),
        );
      for (const signed of unmet.filter(isContradicted)) report("FORKED", signed);
      const first = unmet.find((signed) => !isContradicted(signed));
      if (first !== undefined) {
        const part = `leaves ${firstUncertain} to ${first.checkpoint.size - 1}`;
        onFinding({ code: "ALTERED", index: firstUncertain, id: null, part });
      }
      unmet = [];
      // What was signed is gone with its leaves, or only out of the log's own table.
      const lost = [...ahead.values()].flat().filter(({ checkpoint }) => checkpoint.size > size);
      const unpublished = outside.filter(({ checkpoint }) => checkpoint.size > published && checkpoint.size <= size);
      for (const signed of [...lost, ...unpublished]) report("ROLLED_BACK", signed);
      ahead.clear();
    },
    met: () => ({ ...met }),
  };
};
