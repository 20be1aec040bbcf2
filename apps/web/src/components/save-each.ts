import { failureOf, type Receipt } from "../api.ts";

/** What became of one of several changes: kept, refused, or not tried since one before it had failed for all. */
export type Saved<T> =
  | { kind: "kept"; change: T; done: Receipt }
  | { kind: "refused"; change: T; error: unknown }
  | { kind: "untried"; change: T };

/** Failures that the next change would meet, too. */
const isForAll = (error: unknown): boolean =>
  ["unreachable", "unauthenticated", "reauthentication_required", "too_many_requests", "unavailable"].includes(
    failureOf(error).reason,
  );

/** Acts on each change in turn, each on its own: what is refused stops none of the others. Tells of each result as it comes. */
export const saveEach = async <T>(
  changes: readonly T[],
  act: (change: T) => Promise<Receipt>,
  onSaved?: (saved: readonly Saved<T>[]) => void,
): Promise<Saved<T>[]> => {
  const saved: Saved<T>[] = [];
  let isStopped = false;
  for (const change of changes) {
    if (isStopped) {
      saved.push({ kind: "untried", change });
      continue;
    }
    try {
      saved.push({ kind: "kept", change, done: await act(change) });
    } catch (error) {
      saved.push({ kind: "refused", change, error });
      isStopped = isForAll(error);
    }
    onSaved?.([...saved]);
  }
  return saved;
};
