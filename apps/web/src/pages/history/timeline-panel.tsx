import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { type LogEntry, useTRPC } from "../../api.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { QueryWait } from "../../components/query-body.tsx";
import { Timeline } from "../../events/timeline.tsx";
import { count, dateTime } from "../../format.ts";
import { usePreferences } from "../../preferences.ts";
import { texts } from "../../texts.ts";
import classes from "./history.module.css";
import { HistoryFilters } from "./history-filters.tsx";
import { type HistorySearch, isFiltered, without } from "./history-search.ts";
import { historyTexts as words } from "./history-texts.ts";
import { changingCodes } from "./object-kinds.ts";

const route = getRouteApi("/app/history/$type/$id");

/** What the server is asked for. */
const inputOf = (type: string, id: string, { q, show, related }: HistorySearch) => ({
  objectType: type,
  objectId: id,
  related: related !== "no",
  ...(q !== undefined && { text: q }),
  ...(show !== undefined && { codes: show === "changes" ? changingCodes(type) : [show] }),
  limit: 100,
});

/** What happened to an object, newest first, page by page. */
export function TimelinePanel({ type, id }: { type: string; id: string }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (next: HistorySearch) => void navigate({ search: next, resetScroll: false });
  return (
    <section className={classes.panel} aria-labelledby="timeline">
      <div className={classes.panelHead}>
        <h2 id="timeline" className={classes.section}>
          {words.timeline.title}
        </h2>
        <Link to="/log" search={{ object: `${type}:${id}`, range: "all" }} data-print="no">
          {words.inLog}
        </Link>
      </div>
      <HistoryFilters type={type} search={search} onChange={change} />
      <Events type={type} id={id} search={search} onChange={change} />
    </section>
  );
}

type EventsProps = { type: string; id: string; search: HistorySearch; onChange: (search: HistorySearch) => void };

function Events({ type, id, search, onChange }: EventsProps) {
  const { zone } = usePreferences();
  const trpc = useTRPC();
  const query = useInfiniteQuery(
    trpc.history.events.infiniteQueryOptions(inputOf(type, id, search), {
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      staleTime: 10_000,
      placeholderData: keepPreviousData,
    }),
  );
  const entries = useMemo(() => query.data?.pages.flatMap((page) => page.entries) ?? [], [query.data]);
  if (query.isPending) {
    return <QueryWait title={words.timeline.title} query={query} queryKey={trpc.history.events.pathKey()} rows={8} />;
  }
  if (query.isError && entries.length === 0) {
    return <FailureNote error={query.error} holds={texts.failure.holds} onRetry={() => void query.refetch()} />;
  }
  if (entries.length === 0) {
    const clear = isFiltered(search) ? (
      <Button variant="default" onClick={() => onChange(without(search, "q", "show", "related"))}>
        {words.filters.clear}
      </Button>
    ) : null;
    return (
      <EmptyState title={words.timeline.filteredTitle} level="h2" actions={clear}>
        {words.timeline.filtered}
      </EmptyState>
    );
  }
  const then = (entry: LogEntry) =>
    Object.keys(entry.changes ?? {}).length > 0 && entry.status === "success" && isAbout(entry, type, id) ? (
      <Link
        to="."
        search={{ ...search, at: entry.receivedAt }}
        resetScroll={false}
        data-print="no"
        onClick={() => document.getElementById("state")?.scrollIntoView({ block: "nearest" })}
        aria-label={words.timeline.stateThenOf(dateTime(entry.receivedAt, zone))}
      >
        {words.timeline.stateThen}
      </Link>
    ) : null;
  return (
    <>
      <Timeline
        entries={entries}
        zone={zone}
        more={then}
        line={
          search.at === undefined
            ? undefined
            : { at: Date.parse(search.at), text: words.timeline.line(dateTime(search.at, zone)) }
        }
      />
      {query.isError ? <FailureNote error={query.error} onRetry={() => void query.fetchNextPage()} /> : null}
      <div className={classes.foot}>
        <p className={classes.muted} role="status">
          {words.timeline.shown(count(entries.length), query.hasNextPage)}
        </p>
        {query.hasNextPage && !query.isError ? (
          <Button
            variant="default"
            size="xs"
            data-print="no"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {words.timeline.more}
          </Button>
        ) : null}
      </div>
    </>
  );
}

const isAbout = ({ object }: LogEntry, type: string, id: string) => object?.type === type && object.id === id;
