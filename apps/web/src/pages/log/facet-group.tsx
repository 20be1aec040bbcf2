import { TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useId, useState } from "react";
import { useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import states from "../../components/states.module.css";
import { count } from "../../format.ts";
import { FacetValueRow } from "./facet-value.tsx";
import classes from "./facets.module.css";
import { type FacetField, type FacetGroup, type FacetRow, type FacetValue, groupName, rowsOf } from "./facets.ts";
import type { LogQuery, LogSearch } from "./log-search.ts";
import { stanceOn } from "./query-edit.ts";
import { queryTexts } from "./query-texts.ts";
import type { SeenNames } from "./seen-names.ts";

const words = queryTexts.facets;

/** Open at first; the others when the query names one of their values. */
const openAtFirst: readonly FacetField[] = ["severity", "status", "category", "code", "actor"];

type Props = {
  group: FacetGroup;
  /** Null: they could not be counted. */
  values: readonly FacetValue[] | null;
  /** How many values more there are. */
  others: number;
  /** Of how many events the counts are. */
  counted: number;
  isLoading: boolean;
  isStale: boolean;
  search: LogSearch;
  asked: LogQuery;
  names: SeenNames;
  onChange: (search: LogSearch) => void;
};

/** One group of values: its name, its most frequent values, and a way to find the others. */
export function FacetGroupList(props: Props) {
  const { group, values, others, counted, isLoading, isStale, search, asked, names, onChange } = props;
  const headId = useId();
  const [isFinding, setFinding] = useState(false);
  const rows = rowsOf(group, values, search, names.nameOf);
  const chosen = rows.filter((row) => row.stance !== null).length;
  const [isOpen, setOpen] = useState(openAtFirst.includes(group.field) || chosen > 0);
  const name = groupName(group);
  const list = (shown: readonly FacetRow[]) => (
    <ul className={classes.values} data-stale={isStale || undefined}>
      {shown.map((row) => (
        <FacetValueRow
          key={row.value}
          row={row}
          list={group.key}
          counted={counted}
          search={search}
          onChange={onChange}
        />
      ))}
    </ul>
  );
  return (
    <section aria-labelledby={headId} className={classes.group}>
      <h3 className={classes.groupHead}>
        <UnstyledButton id={headId} className={classes.fold} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {name}
          {chosen > 0 ? <span className={classes.chosen}>{words.chosen(chosen)}</span> : null}
          <ChevronDown size={14} aria-hidden className={classes.chevron} />
        </UnstyledButton>
      </h3>
      {!isOpen ? null : isFinding ? (
        <Finding
          group={group}
          search={search}
          asked={asked}
          names={names}
          list={list}
          onBack={() => setFinding(false)}
        />
      ) : isLoading ? (
        <AfterDelay ms={150}>
          {[1, 2, 3].map((line) => (
            <span key={line} className={`${states.skeleton} ${classes.skeleton}`} />
          ))}
        </AfterDelay>
      ) : (
        <>
          {rows.length > 0 ? list(rows) : <p className={classes.note}>{values === null ? words.failed : words.none}</p>}
          {others > 0 ? (
            <UnstyledButton
              className={classes.more}
              aria-label={words.moreOf(count(others), name)}
              onClick={() => setFinding(true)}
            >
              {words.more(count(others))}
            </UnstyledButton>
          ) : null}
        </>
      )}
    </section>
  );
}

type FindingProps = Pick<Props, "group" | "search" | "asked" | "names"> & {
  list: (rows: readonly FacetRow[]) => React.ReactNode;
  onBack: () => void;
};

/** All values of one group, found by their name. */
function Finding({ group, search, asked, names, list, onBack }: FindingProps) {
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const [find] = useDebouncedValue(text.trim(), 200);
  // Events and categories are known by names that the server's counts do not hold.
  const isNamedHere = group.field === "code" || group.field === "category" || group.field === "objectType";
  const found = useQuery(
    trpc.audit.facets.queryOptions(
      { ...asked, fields: [group.field], most: 100, apart: true, ...(find !== "" && !isNamedHere && { find }) },
      { placeholderData: keepPreviousData, trpc: { abortOnUnmount: true } },
    ),
  );
  const facet = found.data?.facets[0];
  const isSlow = facet?.counted === null;
  const rows = rowsOf(group, isSlow ? null : (facet?.values ?? []), {}, names.nameOf)
    .filter((row) => !isNamedHere || `${row.name} ${row.value}`.toLowerCase().includes(text.trim().toLowerCase()))
    .map((row) => ({ ...row, stance: stanceOn(search, group.key, row.value) }));
  const name = groupName(group).toLowerCase();
  return (
    <>
      <TextInput
        size="xs"
        className={classes.find}
        placeholder={words.find(name)}
        aria-label={words.find(name)}
        maxLength={100}
        autoFocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onBack();
        }}
      />
      {found.isError ? <FailureNote error={found.error} onRetry={() => void found.refetch()} /> : list(rows)}
      <p className={classes.note} role="status">
        {found.isFetching
          ? words.counting
          : isSlow
            ? words.failed
            : rows.length === 0
              ? words.notFound
              : facet && facet.others > 0
                ? words.narrower(count(facet.others))
                : ""}
      </p>
      <UnstyledButton className={classes.more} onClick={onBack}>
        {words.fewer}
      </UnstyledButton>
    </>
  );
}
