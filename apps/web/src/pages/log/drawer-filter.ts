import { isEventCode } from "@countersign/audit/catalogue";
import type { LogEntry } from "../../api.ts";
import { type LogSearch, parseLogSearch } from "./log-search.ts";

/** A value of an open event that the log can be narrowed by. */
export type FilterOffer = {
  field: "actor" | "object" | "code" | "category" | "severity" | "status" | "ip" | "request" | "source";
  value: string;
};
export type FilterMode = "only" | "exclude";

/** What the page around the drawer does with a value; a mode that it cannot do with a field is not offered. */
export type DrawerFilter = {
  modes: (field: FilterOffer["field"]) => readonly FilterMode[];
  apply: (mode: FilterMode, offer: FilterOffer) => void;
};

const narrowing: readonly FilterOffer["field"][] = ["actor", "object", "code", "category", "severity", "status"];

/** The filter of a log whose query knows no exclusion. */
export const onlyFilter = (base: LogSearch, onChange: (search: LogSearch) => void): DrawerFilter => ({
  modes: (field) => (narrowing.includes(field) ? ["only"] : []),
  apply: (_, { field, value }) => onChange(parseLogSearch({ ...base, [field]: value })),
});

/** `user:3`, or the type alone. */
export const referenceText = ({ type, id }: { type: string; id: string | null }): string =>
  id === null ? type : `${type}:${id}`;

export const codeOffer = ({ code }: LogEntry): FilterOffer | undefined =>
  isEventCode(code) ? { field: "code", value: code } : undefined;
