import type { LogEntry } from "../../api.ts";

/**
 * Of the rows that came those that were not read, each once. One that is older than the last row stays out while older ones are
 * still to be read: it comes with them.
 */
export const unread = (read: readonly LogEntry[], came: readonly LogEntry[], hasMore: boolean): LogEntry[] => {
  const known = new Set(read.map(({ id }) => id));
  const last = read.at(-1)?.id;
  return came.filter(({ id }) => {
    if (known.has(id) || (hasMore && last !== undefined && id < last)) return false;
    known.add(id);
    return true;
  });
};

/** The rows that were read together with those that came since, newest id first, each once. */
export const withLive = (read: LogEntry[], came: readonly LogEntry[], hasMore: boolean): LogEntry[] => {
  const added = unread(read, came, hasMore);
  return added.length === 0 ? read : [...added, ...read].sort((a, b) => (a.id < b.id ? 1 : -1));
};

/** Rows held back while the reader is elsewhere; past `most` only their number is kept, and the list is read again for them. */
export type Held = { entries: LogEntry[]; count: number };
export const noneHeld: Held = { entries: [], count: 0 };

export const holdBack = ({ entries, count }: Held, came: readonly LogEntry[], most: number): Held => {
  const total = count + came.length;
  return { entries: total > most ? [] : [...came, ...entries], count: total };
};
