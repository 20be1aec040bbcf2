import { severities, statuses } from "@countersign/audit/catalogue";
import { filterNames, type NameOf, valueWords } from "./filter-words.ts";
import { type ListKey, type LogSearch, notKey, referenceOf } from "./log-search.ts";
import { stanceOn } from "./query-edit.ts";
import { queryTexts } from "./query-texts.ts";

/** The groups of the panel in their order: what the server counts, and the list of the query that its values belong to. */
export const facetGroups = [
  { field: "severity", key: "severity" },
  { field: "status", key: "status" },
  { field: "category", key: "category" },
  { field: "code", key: "code" },
  { field: "actor", key: "actor" },
  { field: "role", key: "role" },
  { field: "objectType", key: "object" },
  { field: "object", key: "object" },
  { field: "target", key: "target" },
  { field: "source", key: "source" },
  { field: "network", key: "network" },
] as const satisfies readonly { field: string; key: ListKey }[];

export type FacetGroup = (typeof facetGroups)[number];
export type FacetField = FacetGroup["field"];
export type FacetValue = { value: string; label: string | null; count: number };
export type FacetRow = { value: string; name: string; count: number | null; stance: "included" | "excluded" | null };

export const groupName = ({ field, key }: FacetGroup): string =>
  field === "objectType" ? queryTexts.facets.objectType : filterNames[key];

/** Groups that are short and always whole, in their own order. */
const whole: Partial<Record<FacetField, readonly string[]>> = {
  severity: [...severities].reverse(),
  status: statuses,
};

const belongs = (field: FacetField, value: string) =>
  field === "objectType" ? referenceOf(value).id === null : field !== "object" || referenceOf(value).id !== null;

/** What a group shows: the values counted, and those the query names even when no event has them now. Without values, no count is known. */
export const rowsOf = (
  { field, key }: FacetGroup,
  values: readonly FacetValue[] | null,
  search: LogSearch,
  nameOf: NameOf,
): FacetRow[] => {
  const counts = new Map((values ?? []).map((one) => [one.value, one]));
  const named = [...(search[key] ?? []), ...(search[notKey(key)] ?? [])].filter((value) => belongs(field, value));
  const all = new Set([...(whole[field] ?? counts.keys()), ...named]);
  return [...all].map((value) => {
    const counted = counts.get(value);
    const name = counted?.label ?? valueWords(key, value, nameOf);
    return { value, name, count: values === null ? null : (counted?.count ?? 0), stance: stanceOn(search, key, value) };
  });
};
