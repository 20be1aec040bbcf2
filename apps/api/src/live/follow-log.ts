import type { EventFilter } from "@countersign/audit/event-filter";
import type { Database } from "@countersign/db/client";
import { type LogPlace, readGrown } from "@countersign/db/log-places";
import { markHeld } from "../domain/holds.ts";
import { type LogEntry, toLogEntry } from "../domain/log-entry.ts";
import type { Follower } from "./live-log.ts";
import { endOf, type LogState } from "./log-state.ts";

/** One thing that is told: what is new and matches, oldest first, and how the log stands. */
export type LiveNews = {
  entries: LogEntry[];
  /** More was new than can be followed, and passed over: the log must be read again. */
  isBehind: boolean;
  /** Nothing more is known to be new. */
  isAtEnd: boolean;
  state: LogState;
};

/** Leaves that are caught up with; beyond, reading the newest page costs less than following. */
const maxBehind = 10_000;

/** `1-204331`: the epoch and the index of the next leaf. Null when it is something else. */
export const placeOf = (text: string): LogPlace | null => {
  const [, epoch, index] = /^([1-9]\d{0,8})-(0|[1-9]\d{0,14})$/.exec(text) ?? [];
  return epoch === undefined || index === undefined ? null : { epoch: Number(epoch), index: Number(index) };
};
export const placeText = ({ epoch, index }: LogPlace): string => `${epoch}-${index}`;

/**
 * What is new from a place on, from the end where there is none: read only when whoever listens asks for more, in pieces of
 * at most 200 rows. Ends with the follower.
 */
export async function* followLog(
  db: Database,
  follower: Follower,
  filter: EventFilter,
  from: LogPlace | null,
): AsyncGenerator<{ id: string; news: LiveNews }> {
  let place = from;
  for (;;) {
    const state = await follower.next();
    if (state === null) return;
    let isAtEnd = false;
    while (!isAtEnd) {
      if (follower.isOver()) break;
      const end = endOf(state);
      const grown = await readGrown(db, filter, place ?? end, end, maxBehind);
      ({ next: place, isAtEnd } = grown);
      const entries = await markHeld(db, grown.rows.map(toLogEntry));
      if (entries.length > 0 || isAtEnd) {
        yield { id: placeText(place), news: { entries, isBehind: grown.isBehind, isAtEnd, state } };
      }
    }
  }
}
