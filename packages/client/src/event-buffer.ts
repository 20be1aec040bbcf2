import type { ItemAnswer } from "./send-batch.ts";

/** An event that waits for its answer, as the JSON text that is sent each time. */
export type Entry = {
  text: string;
  bytes: number;
  settle: (answer: ItemAnswer) => void;
  giveUp: () => void;
  settled: Promise<unknown>;
};

export type Size = { events: number; bytes: number };

export type EventBuffer = {
  /** False when there is no room for it. */
  add: (entry: Entry) => boolean;
  /** The oldest ones that fit together; at least one, unless there is none. They stay until they are dropped. */
  oldest: (most: Size) => readonly Entry[];
  dropOldest: (count: number) => void;
  all: () => readonly Entry[];
  size: () => Size;
};

/** First in, first out, bounded by count and by bytes; what is being sent still counts. */
export const createEventBuffer = (room: Size): EventBuffer => {
  let entries: Entry[] = [];
  let bytes = 0;
  return {
    add: (entry) => {
      if (entries.length + 1 > room.events || bytes + entry.bytes > room.bytes) return false;
      entries.push(entry);
      bytes += entry.bytes;
      return true;
    },
    oldest: (most) => {
      let taken = 0;
      let total = 0;
      for (const entry of entries) {
        if (taken > 0 && (taken + 1 > most.events || total + entry.bytes > most.bytes)) break;
        taken += 1;
        total += entry.bytes;
      }
      return entries.slice(0, taken);
    },
    dropOldest: (count) => {
      for (const entry of entries.slice(0, count)) bytes -= entry.bytes;
      entries = entries.slice(count);
    },
    all: () => [...entries],
    size: () => ({ events: entries.length, bytes }),
  };
};
