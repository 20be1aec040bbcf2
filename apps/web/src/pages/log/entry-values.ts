import type { LogEntry } from "../../api.ts";
import type { ListKey } from "./log-search.ts";

/** A value of an event that the log can be narrowed to; without a list it can only be copied or asked for alone. */
export type EntryValue = { key: ListKey | "request" | "event"; value: string; label: string | null };

const referenceTo = (named: { type: string; id: string | null }) =>
  named.id === null ? named.type : `${named.type}:${named.id}`;

/** What an event offers to be filtered by or copied, in the order in which it is told. */
export const entryValues = (entry: LogEntry): EntryValue[] => {
  const values: EntryValue[] = [
    { key: "actor", value: referenceTo(entry.actor), label: entry.actor.label },
    { key: "code", value: entry.code, label: entry.name },
  ];
  for (const key of ["object", "target"] as const) {
    const named = entry[key];
    if (named) values.push({ key, value: referenceTo(named), label: named.label });
  }
  values.push({ key: "status", value: entry.status, label: null });
  values.push({ key: "severity", value: entry.severity, label: null });
  for (const role of entry.actor.roles) values.push({ key: "role", value: role, label: null });
  if (entry.ip) values.push({ key: "network", value: entry.ip, label: null });
  values.push({ key: "source", value: entry.source, label: entry.sourceLabel });
  if (entry.requestId) values.push({ key: "request", value: entry.requestId, label: null });
  values.push({ key: "event", value: entry.id, label: null });
  return values;
};
