import { eventType, isEventCode } from "@countersign/audit/catalogue";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../api.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { ago, count, dateTime, type Zone } from "../../format.ts";
import { useMay } from "../../me.ts";
import { texts } from "../../texts.ts";
import { monthName } from "../retention/retention-words.ts";
import { filterName, wordsOfFilter } from "./filter-words.ts";
import {
  activeFilters,
  type FilterKey,
  type LogQuery,
  type LogSearch,
  listKeys,
  lists,
  minutesOf,
  notKey,
  type Range,
  ranges,
  without,
  withRange,
} from "./log-search.ts";
import { queryTexts } from "./query-texts.ts";
import type { SeenNames } from "./seen-names.ts";

const words = queryTexts.empty;
const mostCounted = 1000;

type Props = {
  search: LogSearch;
  /** What found nothing. */
  asked: LogQuery;
  zone: Zone;
  names: SeenNames;
  onChange: (search: LogSearch) => void;
};

/** The filter that the server names as a part of the query. */
const filterOf = (part: string): FilterKey | null => {
  if (part === "text") return "q";
  if (part === "requestId") return "request";
  const key = listKeys.find((one) => lists[one].input === part.replace("not:", ""));
  if (key === undefined) return null;
  return part.startsWith("not:") ? notKey(key) : key;
};

/** Why there is nothing: nothing yet, switched off, outside the range or filtered out; with the next step for each. */
export function EmptyLog({ search, asked, zone, names, onChange }: Props) {
  const trpc = useTRPC();
  const mayOpenRun = useMay("retention.read");
  const active = activeFilters(search);
  const why = useQuery(trpc.audit.whyEmpty.queryOptions(asked, { trpc: { abortOnUnmount: true } }));
  if (why.isPending) return null;
  if (why.isError) return <FailureNote error={why.error} onRetry={() => void why.refetch()} />;
  const { newest, off, removed } = why.data;
  const range = newest === null ? null : smallestHolding(newest);
  const widen = range && (
    <Button onClick={() => onChange(withRange(search, range))}>{words.widen(texts.log.ranges[range])}</Button>
  );
  const older = newest && words.range(`${dateTime(newest, zone)}, ${ago(newest, Date.now())}`);

  if (off.length > 0) {
    return (
      <EmptyState title={words.offTitle} actions={widen ?? <Clear search={search} onChange={onChange} />}>
        {off.map(({ code, since, by }) => (
          <p key={code}>
            <Foreign text={words.off(isEventCode(code) ? eventType(code).name : code, dateTime(since, zone), by)} />
          </p>
        ))}
        <p>{older ?? words.offAgain}</p>
      </EmptyState>
    );
  }
  const dropped = <Droppable search={search} without={why.data.without} names={names} onChange={onChange} />;
  const runLink = removed && mayOpenRun && (
    <LinkButton to="/retention" search={{ run: removed.runId }} variant="default">
      {words.removedLink}
    </LinkButton>
  );
  const removedText = removed && (
    <p>
      {(removed.isAll ? words.removed : words.removedPart(monthName(removed.first), monthName(removed.last)))(
        count(removed.count),
        count(removed.runId),
        dateTime(removed.at, zone),
      )}
    </p>
  );
  const actions = (
    <>
      {widen}
      {runLink}
      {removed?.isAll ? null : <Clear search={search} onChange={onChange} />}
    </>
  );
  if (removed?.isAll) {
    return (
      <EmptyState title={words.removedTitle} actions={actions}>
        {removedText}
        {older ? <p>{older}</p> : null}
      </EmptyState>
    );
  }
  if (active.length === 0 && widen === null && removed === null)
    return <EmptyState title={words.nothingTitle}>{words.nothing}</EmptyState>;
  return (
    <EmptyState title={widen === null ? words.filteredTitle : words.rangeTitle} actions={actions}>
      {older ? <p>{older}</p> : null}
      {removedText}
      {dropped}
    </EmptyState>
  );
}

type DroppableProps = Pick<Props, "search" | "names" | "onChange"> & {
  without: readonly { part: string; count: number | null }[];
};

/** How many events of the range each filter keeps out alone, and dropping it. */
function Droppable({ search, without: parts, names, onChange }: DroppableProps) {
  const active = activeFilters(search);
  if (active.length === 0) return null;
  const droppable = parts.flatMap(({ part, count: found }) => {
    const key = filterOf(part);
    return key === null || found === 0 ? [] : [{ key, found }];
  });
  const isOne = active.length === 1;
  const none = isOne ? words.rangeBare : words.withoutNone;
  return (
    <>
      <p>{droppable.length === 0 ? none : isOne ? words.filteredOne : words.filtered}</p>
      {droppable.map(({ key, found }) => {
        const filter = `${filterName(key).toLowerCase()}: ${wordsOfFilter(search, key, names.nameOf) ?? ""}`;
        const told = `${count(found ?? 0)}${found === mostCounted ? "+" : ""}`;
        return (
          <p key={key}>
            <Foreign text={found === null ? words.withoutUnknown(filter) : words.without(told, filter)} />{" "}
            <Button size="compact-sm" variant="default" onClick={() => onChange(without(search, key))}>
              {words.drop(filterName(key).toLowerCase())}
            </Button>
          </p>
        );
      })}
    </>
  );
}

function Clear({ search, onChange }: Pick<Props, "search" | "onChange">) {
  const active = activeFilters(search);
  if (active.length === 0) return null;
  return (
    <Button variant="default" onClick={() => onChange(without(search, ...active))}>
      {texts.log.clear}
    </Button>
  );
}

/** The shortest of the ranges offered that reaches back to a time. */
const smallestHolding = (iso: string): Range => {
  const minutes = (Date.now() - Date.parse(iso)) / 60_000;
  const keys = Object.keys(ranges) as Range[];
  return keys.find((key) => minutesOf(key) > minutes) ?? "all";
};
