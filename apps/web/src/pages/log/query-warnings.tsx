import { UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useTRPC } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { useMay } from "../../me.ts";
import { valueWords, wordsOfFilter } from "./filter-words.ts";
import { type ListKey, type LogSearch, listOf } from "./log-search.ts";
import { useMissingNames } from "./missing-names.ts";
import classes from "./query-bar.module.css";
import { type Conflict, conflictsOf, forget, resolved } from "./query-edit.ts";
import { queryTexts } from "./query-texts.ts";
import type { SeenNames } from "./seen-names.ts";

const words = queryTexts.warn;

type Props = {
  search: LogSearch;
  names: SeenNames;
  /** The rows are there, so that nothing here is asked before them. */
  isReady: boolean;
  onChange: (search: LogSearch) => void;
};

/** Filters that cannot match, each with the reason and the one to drop. */
export function QueryWarnings({ search, names, isReady, onChange }: Props) {
  useMissingNames(search, names, isReady);
  const off = useSwitchedOff(search);
  const said = (key: ListKey, values: readonly string[]) =>
    values.map((value) => `“${valueWords(key, value, names.nameOf)}”`).join(", ");
  const warnings = conflictsOf(search).map((conflict) => {
    const key = listOf(conflict.key)?.key ?? "code";
    const value = said(key, conflict.values);
    return { sentence: sentenceOf(conflict, value, search, names), value, next: () => resolved(search, conflict) };
  });
  for (const code of off) {
    const value = said("code", [code]);
    warnings.push({ sentence: words.off(value), value, next: () => forget(search, "code", code) });
  }
  return (
    <div role="status">
      {warnings.map(({ sentence, value, next }) => (
        <p key={sentence} className={classes.warning}>
          <TriangleAlert size={14} aria-hidden />
          <span>
            <Foreign text={sentence} />
          </span>
          <UnstyledButton className={classes.clear} onClick={() => onChange(next())}>
            <Foreign text={words.drop(value)} />
          </UnstyledButton>
        </p>
      ))}
    </div>
  );
}

const sentenceOf = ({ kind, beside }: Conflict, value: string, search: LogSearch, names: SeenNames): string => {
  const other = wordsOfFilter(search, beside, names.nameOf) ?? "";
  if (kind === "objectType") return words.objectType(value, other);
  if (kind === "targetType") return words.targetType(value, other);
  if (kind === "excluded") return words.excluded(value);
  return beside === "category"
    ? words.category(value, other)
    : words.leftOutCategory(value, other.replace(/^not /, ""));
};

/** The events asked for that are switched off now. */
const useSwitchedOff = ({ code = [] }: LogSearch): readonly string[] => {
  const trpc = useTRPC();
  const mayRead = useMay("events.read");
  const types = useQuery({
    ...trpc.eventTypes.list.queryOptions({}),
    enabled: mayRead && code.length > 0,
    staleTime: 60_000,
    retry: false,
  });
  return code.filter((one) => types.data?.items.some((type) => type.code === one && !type.enabled));
};
