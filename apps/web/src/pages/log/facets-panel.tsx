import { Button, CloseButton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { count } from "../../format.ts";
import { FacetGroupList } from "./facet-group.tsx";
import classes from "./facets.module.css";
import { facetGroups } from "./facets.ts";
import { namedKindOf } from "./filter-words.ts";
import type { LogQuery, LogSearch } from "./log-search.ts";
import { queryTexts } from "./query-texts.ts";
import type { SeenNames } from "./seen-names.ts";

const Sheet = lazy(() => import("../../components/sheet.tsx").then((module) => ({ default: module.Sheet })));

const words = queryTexts.facets;
const most = 8;

type Props = {
  place: "beside" | "over";
  search: LogSearch;
  /** What the rows were asked for. */
  asked: LogQuery;
  /** The rows are there; counts are asked for after them, so that they never wait. */
  isReady: boolean;
  /** They are on their way. */
  isComing: boolean;
  names: SeenNames;
  onChange: (search: LogSearch) => void;
  onClose: () => void;
};

/** The values of the events that match, with how many have each; a press narrows the query. */
export function FacetsPanel({ place, onClose, ...rest }: Props) {
  const isSmall = useMediaQuery("(max-width: 767px)", false, { getInitialValueInEffect: false });
  if (place === "over") {
    return (
      <Suspense>
        <Sheet title={words.title} onClose={onClose} fullScreen={isSmall}>
          <Groups {...rest} />
          <div className={classes.foot}>
            <Button fullWidth onClick={onClose}>
              {words.show}
            </Button>
          </div>
        </Sheet>
      </Suspense>
    );
  }
  return (
    <aside className={classes.panel} data-print="no" aria-label={words.label}>
      <div className={classes.head}>
        <h2>{words.title}</h2>
        <CloseButton size="sm" aria-label={words.fold} onClick={onClose} />
      </div>
      <Groups {...rest} />
    </aside>
  );
}

function Groups({ search, asked, isReady, isComing, names, onChange }: Omit<Props, "place" | "onClose">) {
  const trpc = useTRPC();
  const counts = useQuery(
    trpc.audit.facets.queryOptions(
      { ...asked, fields: facetGroups.map(({ field }) => field), most, apart: true },
      { enabled: isReady, placeholderData: keepPreviousData, trpc: { abortOnUnmount: true } },
    ),
  );
  const { note } = names;
  useEffect(() => {
    for (const { field, values } of counts.data?.facets ?? []) {
      const kind = namedKindOf(field);
      for (const { value, label } of values) if (kind !== null && label !== null) note(kind, value, label);
    }
  }, [counts.data, note]);
  if (counts.isError) {
    return (
      <div className={classes.failed}>
        <FailureNote title={words.failed} error={counts.error} onRetry={() => void counts.refetch()} />
      </div>
    );
  }
  // Without the rows nothing was counted for this query, and nothing will be.
  const isUnread = !isReady && !isComing && (counts.data === undefined || counts.isPlaceholderData);
  const data = isUnread ? undefined : counts.data;
  const isStale = !isUnread && (counts.isFetching || counts.isPlaceholderData);
  return (
    <div className={classes.groups} aria-busy={isStale}>
      <p className={classes.note} role="status">
        {isUnread
          ? words.failed
          : isStale
            ? words.counting
            : data === undefined
              ? words.waiting
              : data.isCapped
                ? words.capped
                : words.counted(count(data.counted))}
      </p>
      {facetGroups.map((group) => {
        const facet = data?.facets.find(({ field }) => field === group.field);
        const isFailed = isUnread || facet?.counted === null;
        return (
          <FacetGroupList
            key={group.field}
            group={group}
            values={isFailed ? null : (facet?.values ?? [])}
            others={facet?.others ?? 0}
            counted={facet?.counted ?? 0}
            isLoading={data === undefined && !isUnread}
            isStale={isStale}
            search={search}
            asked={asked}
            names={names}
            onChange={onChange}
          />
        );
      })}
    </div>
  );
}
