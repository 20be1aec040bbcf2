import { type LogSearch, listInput } from "./log-search.ts";

/** What a live view is asked for: the filters, and the range only where it is one of the reader's own; what is new lies in all others. */
export const liveInput = (search: LogSearch) => {
  const { days: _days, from, to, ...filter } = { days: 0, from: undefined, to: undefined, ...listInput(search, 0) };
  const isOwn = search.from !== undefined || search.to !== undefined;
  return { ...filter, ...(isOwn && from !== undefined && { from }), ...(isOwn && to !== undefined && { to }) };
};

export type LiveInput = ReturnType<typeof liveInput>;

/** Whether the range ends before now: nothing new can come into it. */
export const isPast = (search: LogSearch, nowMs: number): boolean =>
  search.to !== undefined && Date.parse(search.to) <= nowMs;
