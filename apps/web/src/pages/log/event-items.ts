import type { LogEntry } from "../../api.ts";
import { dayHeading, dayKey, type Zone } from "../../format.ts";
import type { Grouping } from "./log-search.ts";

/** What the list draws, in order: a heading before each day's events, one before events that belong together, and the end. */
export type ListItem =
  | { kind: "day"; key: string; heading: string }
  | { kind: "group"; key: string; entry: LogEntry; count: number }
  | { kind: "entry"; key: string; entry: LogEntry; index: number }
  | { kind: "end"; key: string };

const groupKeys: Record<Grouping, (entry: LogEntry) => string | null> = {
  actor: ({ actor }) => `${actor.type}:${actor.id}`,
  object: ({ object }) => object && `${object.type}:${object.id}`,
  request: ({ requestId }) => requestId,
};

/** Only events that follow each other are put together, so that no row moves when older ones are read. */
export const itemsOf = (entries: readonly LogEntry[], zone: Zone, grouping?: Grouping): ListItem[] => {
  const items: ListItem[] = [];
  let day = "";
  let group: (ListItem & { kind: "group" }) | null = null;
  let groupKey: string | null = null;
  entries.forEach((entry, index) => {
    const key = dayKey(entry.receivedAt, zone);
    const isNewDay = key !== day;
    if (isNewDay) items.push({ kind: "day", key, heading: dayHeading(entry.receivedAt, zone) });
    day = key;
    const ofGroup = grouping ? groupKeys[grouping](entry) : null;
    if (isNewDay || ofGroup !== groupKey) {
      group = ofGroup === null ? null : { kind: "group", key: `group ${entry.id}`, entry, count: 0 };
      groupKey = ofGroup;
      if (group) items.push(group);
    }
    if (group) group.count += 1;
    items.push({ kind: "entry", key: entry.id, entry, index });
  });
  items.push({ kind: "end", key: "end" });
  return items;
};

/** The event a step away from another one, newest first; from one that is not among them, as if it stood where its id belongs. */
export const stepFrom = (entries: readonly LogEntry[], id: string | null, by: 1 | -1): LogEntry | undefined => {
  if (id === null) return entries[0];
  const first = entries.findIndex((entry) => entry.id <= id);
  const place = first < 0 ? entries.length : first;
  return entries[entries[place]?.id === id || by < 0 ? place + by : place];
};
