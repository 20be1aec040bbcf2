import { Button } from "@mantine/core";
import { EmptyState } from "../../components/empty-state.tsx";
import { texts } from "../../texts.ts";
import { filterName } from "./filter-words.ts";
import { activeFilters, type FilterKey, type LogSearch, without } from "./log-search.ts";
import { queryTexts } from "./query-texts.ts";
import { smallerRanges } from "./smaller-ranges.ts";

const words = queryTexts.broad;
/** What is not in an index: each event of the range is opened for it. */
const slow: readonly FilterKey[] = ["q", "role", "not.role", "network", "not.network"];

type Props = { search: LogSearch; onChange: (search: LogSearch) => void; onRetry: () => void };

/** The query is too broad for the range: smaller ranges, and what makes it slow, one click each. */
export function BroadNote({ search, onChange, onRetry }: Props) {
  const parts = activeFilters(search).filter((key) => slow.includes(key));
  const names = [...new Set(parts.map((key) => filterName(key).toLowerCase()))];
  return (
    <EmptyState
      title={words.title}
      actions={
        <>
          {smallerRanges(search, Date.now()).map(({ name, search: smaller }) => (
            <Button key={name} variant="default" onClick={() => onChange(smaller)}>
              {name}
            </Button>
          ))}
          {parts.map((key) => (
            <Button key={key} variant="default" onClick={() => onChange(without(search, key))}>
              {words.drop(filterName(key).toLowerCase())}
            </Button>
          ))}
          <Button variant="default" onClick={onRetry}>
            {texts.failure.retry}
          </Button>
        </>
      }
    >
      <p>{words.text}</p>
      {names.length > 0 ? <p>{words.slow(names.join(" and "))}</p> : null}
    </EmptyState>
  );
}
