import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../api.ts";
import { useMay } from "../../me.ts";
import type { ListKey, LogQuery } from "./log-search.ts";
import type { Counted } from "./suggestion-options.ts";
import { type Draft, isListKey } from "./typed-query.ts";

/** The lists whose values are known without asking, so that they are counted whole and narrowed here. */
const isFixed = (key: ListKey) => ["severity", "status", "category", "code"].includes(key);
const fieldsOf = (key: ListKey) => (key === "object" ? (["objectType", "object"] as const) : ([key] as const));
const besideText = ["actor", "object", "target", "role", "source", "network"] as const;

/**
 * The values that a draft may mean, with how many events of the query have them: as the rows were asked for, so that it is the
 * same view of the log. Asked a moment after the last key; what was asked before is given up.
 */
export const useCounted = (draft: Draft, asked: LogQuery) => {
  const trpc = useTRPC();
  const mayFindUsers = useMay("permits.assign");
  const [text] = useDebouncedValue(draft.text, 200);
  const key = isListKey(draft.key) ? draft.key : null;
  const isText = draft.key === null && text.length > 1;
  const options = { placeholderData: keepPreviousData, retry: false, trpc: { abortOnUnmount: true } } as const;
  const counts = useQuery(
    trpc.audit.facets.queryOptions(
      {
        ...asked,
        apart: key !== null,
        fields: key === null ? [...besideText] : [...fieldsOf(key)],
        most: key !== null && isFixed(key) ? 100 : 12,
        ...(text !== "" && (key === null || !isFixed(key)) && { find: text }),
      },
      { ...options, enabled: key !== null || isText },
    ),
  );
  const users = useQuery(
    trpc.permits.assignees.queryOptions(text === "" ? {} : { search: text }, {
      ...options,
      enabled: mayFindUsers && (key === "actor" || isText),
    }),
  );
  const isAsked = key !== null || isText;
  const isUncounted = counts.isError || (counts.data?.facets.some((facet) => facet.counted === null) ?? false);
  const counted: Counted[] = [];
  for (const { field, values } of (isAsked && counts.data?.facets) || []) {
    const list: ListKey = field === "objectType" ? "object" : field;
    for (const { value, label, count } of values) counted.push({ key: list, value, label, count });
  }
  for (const user of (isAsked && users.data?.items) || []) {
    const value = `user:${user.id}`;
    if (!counted.some((one) => one.key === "actor" && one.value === value)) {
      counted.push({ key: "actor", value, label: user.name, count: null });
    }
  }
  return {
    counted,
    isCounted: counts.isSuccess && !isUncounted && !counts.isPlaceholderData,
    isCounting: isAsked && counts.isFetching,
    isFailed: isAsked && isUncounted,
    isCapped: isAsked && (counts.data?.isCapped ?? false),
  };
};
