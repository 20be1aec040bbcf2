import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../api.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { ago, dateTime, type Zone } from "../../format.ts";
import { texts } from "../../texts.ts";
import { filterNames } from "./filter-words.ts";
import { activeFilters, firstRange, type LogSearch, listInput, type Range, ranges, without } from "./log-search.ts";

type Props = { search: LogSearch; zone: Zone; onChange: (search: LogSearch) => void };

/** Why there is nothing: nothing yet, filtered out, or outside the range; with the next step for each. */
export function EmptyLog({ search, zone, onChange }: Props) {
  const trpc = useTRPC();
  const rest = without(search, "from", "to", "range");
  const active = activeFilters(search);
  // One row of everything kept tells the three apart.
  const newest = useQuery(trpc.audit.list.queryOptions({ ...listInput({ ...rest, range: "all" }, 0), limit: 1 }));
  if (newest.isPending) return null;
  if (newest.isError) return <FailureNote error={newest.error} onRetry={() => void newest.refetch()} />;
  const entry = newest.data.entries[0];
  const words = texts.log.empty;

  if (entry) {
    const range = smallestHolding(entry.receivedAt);
    return (
      <EmptyState
        title={words.rangeTitle}
        actions={
          <Button onClick={() => onChange(range === firstRange ? rest : { ...rest, range })}>
            {words.widen(texts.log.ranges[range])}
          </Button>
        }
      >
        {words.range(`${dateTime(entry.receivedAt, zone)}, ${ago(entry.receivedAt, Date.now())}`)}
      </EmptyState>
    );
  }
  if (active.length === 0) return <EmptyState title={words.nothingTitle}>{words.nothing}</EmptyState>;
  return (
    <EmptyState
      title={words.filteredTitle}
      actions={
        <>
          {active.length > 1
            ? active.map((key) => (
                <Button key={key} variant="default" onClick={() => onChange(without(search, key))}>
                  {words.drop(filterNames[key])}
                </Button>
              ))
            : null}
          <Button onClick={() => onChange(without(search, ...active))}>{texts.log.clear}</Button>
        </>
      }
    >
      {words.filtered}
    </EmptyState>
  );
}

/** The shortest of the ranges offered that reaches back to a time. */
const smallestHolding = (iso: string): Range => {
  const minutes = (Date.now() - Date.parse(iso)) / 60_000;
  const keys = Object.keys(ranges) as Range[];
  return (
    keys.find((key) => {
      const range = ranges[key];
      return ("days" in range ? range.days * 1_440 : range.minutes) > minutes;
    }) ?? "all"
  );
};
