import { isEventCode } from "@countersign/audit/catalogue";
import type { LogEntry } from "../../api.ts";
import { type ListKey, type LogSearch, lists } from "./log-search.ts";
import { exclude, only } from "./query-edit.ts";

/** A value of an open event that the log can be narrowed by. */
export type FilterOffer = {
  field: "actor" | "object" | "target" | "code" | "category" | "severity" | "status" | "ip" | "request" | "source";
  value: string;
};
export type FilterMode = "only" | "exclude";

/** What the page around the drawer does with a value; a mode that it cannot do with a field is not offered. */
export type DrawerFilter = {
  modes: (field: FilterOffer["field"]) => readonly FilterMode[];
  apply: (mode: FilterMode, offer: FilterOffer) => void;
};

const listOf = (field: Exclude<FilterOffer["field"], "request">): ListKey => (field === "ip" ? "network" : field);

/** The filter of the log: a request can be asked for alone, everything else left out, too. */
export const logFilter = (base: LogSearch, onChange: (search: LogSearch) => void): DrawerFilter => ({
  modes: (field) => (field === "request" ? ["only"] : ["only", "exclude"]),
  apply: (mode, { field, value }) => {
    if (field === "request") return onChange({ ...base, request: value });
    const list = listOf(field);
    const known = lists[list].read(value);
    if (known !== null) onChange((mode === "only" ? only : exclude)(base, list, known));
  },
});

/** `user:3`, or the type alone. */
export const referenceText = ({ type, id }: { type: string; id: string | null }): string =>
  id === null ? type : `${type}:${id}`;

export const codeOffer = ({ code }: LogEntry): FilterOffer | undefined =>
  isEventCode(code) ? { field: "code", value: code } : undefined;
