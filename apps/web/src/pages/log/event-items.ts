import type { LogEntry } from "../../api.ts";
import { dayHeading, dayKey, type Zone } from "../../format.ts";

/** What the list draws, in order: a heading before each day's events, and the end. */
export type ListItem =
  | { kind: "day"; key: string; heading: string }
  | { kind: "entry"; key: string; entry: LogEntry; index: number }
  | { kind: "end"; key: string };

export const itemsOf = (entries: readonly LogEntry[], zone: Zone): ListItem[] => {
  const items: ListItem[] = [];
  let day = "";
  entries.forEach((entry, index) => {
    const key = dayKey(entry.receivedAt, zone);
    if (key !== day) items.push({ kind: "day", key, heading: dayHeading(entry.receivedAt, zone) });
    day = key;
    items.push({ kind: "entry", key: entry.id, entry, index });
  });
  items.push({ kind: "end", key: "end" });
  return items;
};
