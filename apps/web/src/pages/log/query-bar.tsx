import { Button, SegmentedControl, UnstyledButton } from "@mantine/core";
import { ListFilter } from "lucide-react";
import { lazy, type RefObject, Suspense, useRef } from "react";
import { usePageKeys } from "../../components/page-keys.ts";
import { type Zone, zoneName } from "../../format.ts";
import { texts } from "../../texts.ts";
import type { FacetsPlace } from "./facets-place.ts";
import { activeFilters, filterKeys, type LogQuery, type LogSearch, without } from "./log-search.ts";
import classes from "./query-bar.module.css";
import { QueryField } from "./query-field.tsx";
import { RangeChoice } from "./range-choice.tsx";
import type { SeenNames } from "./seen-names.ts";

const QueryWarnings = lazy(() => import("./query-warnings.tsx").then((module) => ({ default: module.QueryWarnings })));

type Props = {
  search: LogSearch;
  /** What the rows were asked for. */
  asked: LogQuery;
  zone: Zone;
  onChange: (search: LogSearch) => void;
  names: SeenNames;
  facets: FacetsPlace;
  /** The rows are there. */
  isReady: boolean;
  fieldRef: RefObject<HTMLInputElement | null>;
};

/** What the log is asked: the query, the range, the zone, and the way to the filters with counts. */
export function QueryBar({ search, asked, zone, onChange, names, facets, isReady, fieldRef }: Props) {
  const range = useRef<HTMLSpanElement>(null);
  const active = activeFilters(search);
  usePageKeys({
    "/": () => fieldRef.current?.focus(),
    t: () => range.current?.querySelector("button")?.click(),
    f: facets.toggle,
  });
  return (
    <search className={classes.bar} data-print="no" aria-label={texts.log.searchLabel}>
      <div className={classes.line}>
        <QueryField search={search} asked={asked} names={names} onChange={onChange} fieldRef={fieldRef} />
        <span ref={range}>
          <RangeChoice search={search} zone={zone} onChange={onChange} />
        </span>
        <Button
          variant="default"
          leftSection={<ListFilter size={15} aria-hidden />}
          aria-expanded={facets.isOpen}
          onClick={facets.toggle}
        >
          {texts.log.filters}
        </Button>
        <SegmentedControl
          size="xs"
          aria-label={texts.log.zone}
          value={search.zone ?? zone}
          onChange={(value) => onChange({ ...search, zone: value === "utc" || value === "both" ? value : "local" })}
          data={[
            { value: "local", label: <span title={zoneName("local")}>{texts.log.local}</span> },
            { value: "utc", label: texts.log.utc },
            { value: "both", label: texts.log.bothZones },
          ]}
        />
        {active.length > 0 ? (
          <UnstyledButton className={classes.clear} onClick={() => onChange(without(search, ...filterKeys))}>
            {texts.log.clear}
          </UnstyledButton>
        ) : null}
      </div>
      {active.length > 0 ? (
        <Suspense>
          <QueryWarnings search={search} names={names} isReady={isReady} onChange={onChange} />
        </Suspense>
      ) : null}
    </search>
  );
}
