import { isEventCode } from "@countersign/audit/catalogue";
import type { LogEntry } from "../../api.ts";
import { type ListKey, type LogSearch, lists } from "./log-search.ts";
import { exclude, only } from "./query-edit.ts";

/** A value of an open event that the log can be narrowed by. */
export type FilterOffer = {
  field:
    | "actor"
    | "object"
    | "target"
    | "code"
    | "category"
    | "severity"
    | "status"
    | "ip"
    | "request"
    | "source"
    | "role"
    | "text";
  value: string;
};
export type FilterMode = "only" | "exclude";

/** What the page around the drawer does with a value; a mode that it cannot do with a field is not offered. */
export type DrawerFilter = {
  modes: (field: FilterOffer["field"]) => readonly FilterMode[];
  apply: (mode: FilterMode, offer: FilterOffer) => void;
};

const listOf = (field: Exclude<FilterOffer["field"], "request" | "text">): ListKey =>
  field === "ip" ? "network" : field;

/** As much of a text as the log can be searched for. */
const longestText = 256;

/** The filter of the log: a request or a text can be asked for alone, everything else left out, too. */
export const logFilter = (base: LogSearch, onChange: (search: LogSearch) => void): DrawerFilter => ({
  modes: (field) => (field === "request" || field === "text" ? ["only"] : ["only", "exclude"]),
  apply: (mode, { field, value }) => {
    if (field === "request") return onChange({ ...base, request: value });
    if (field === "text") return onChange({ ...base, q: value.slice(0, longestText) });
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
