import { Button } from "@mantine/core";
import { EmptyState } from "../../components/empty-state.tsx";
import { texts } from "../../texts.ts";
import { firstRange, type LogSearch, type Range, without } from "./log-search.ts";

const smaller: readonly Range[] = ["1h", "24h", "7d"];

/** The text is too broad for the range: smaller ranges, one click each. */
export function BroadNote({ search, onChange }: { search: LogSearch; onChange: (search: LogSearch) => void }) {
  const rest = without(search, "from", "to", "range");
  return (
    <EmptyState
      title={texts.log.broadTitle}
      actions={smaller.map((range) => (
        <Button
          key={range}
          variant="default"
          onClick={() => onChange(range === firstRange ? rest : { ...rest, range })}
        >
          {texts.log.ranges[range]}
        </Button>
      ))}
    >
      {texts.log.broad}
    </EmptyState>
  );
}
