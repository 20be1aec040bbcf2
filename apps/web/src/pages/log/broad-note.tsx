import { Button } from "@mantine/core";
import { EmptyState } from "../../components/empty-state.tsx";
import { texts } from "../../texts.ts";
import { filterName } from "./filter-words.ts";
import { activeFilters, type FilterKey, firstRange, type LogSearch, type Range, without } from "./log-search.ts";
import { queryTexts } from "./query-texts.ts";

const words = queryTexts.broad;
const smaller: readonly Range[] = ["1h", "24h", "7d"];
/** What is not in an index: each event of the range is opened for it. */
const slow: readonly FilterKey[] = ["q", "role", "not.role", "network", "not.network"];

/** The query is too broad for the range: smaller ranges, and what makes it slow, one click each. */
export function BroadNote({ search, onChange }: { search: LogSearch; onChange: (search: LogSearch) => void }) {
  const rest = without(search, "from", "to", "range");
  const parts = activeFilters(search).filter((key) => slow.includes(key));
  const names = [...new Set(parts.map((key) => filterName(key).toLowerCase()))];
  return (
    <EmptyState
      title={words.title}
      actions={
        <>
          {smaller.map((range) => (
            <Button
              key={range}
              variant="default"
              onClick={() => onChange(range === firstRange ? rest : { ...rest, range })}
            >
              {texts.log.ranges[range]}
            </Button>
          ))}
          {parts.map((key) => (
            <Button key={key} variant="default" onClick={() => onChange(without(search, key))}>
              {words.drop(filterName(key).toLowerCase())}
            </Button>
          ))}
        </>
      }
    >
      <p>{words.text}</p>
      {names.length > 0 ? <p>{words.slow(names.join(" and "))}</p> : null}
    </EmptyState>
  );
}
