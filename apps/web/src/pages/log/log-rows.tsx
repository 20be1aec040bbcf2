import { lazyRouteComponent } from "@tanstack/react-router";
import { type RefObject, Suspense } from "react";
import { failureOf, type LogEntry } from "../../api.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { count, type Zone } from "../../format.ts";
import { texts } from "../../texts.ts";
import { EventList, type ListHandle } from "./event-list.tsx";
import type { useEventLog } from "./event-log.ts";
import { rangeWords } from "./filter-words.ts";
import { LoadingLog, Reached, SlowBar } from "./loading-log.tsx";
import classes from "./log-page.module.css";
import { type LogSearch, without } from "./log-search.ts";
import type { Look } from "./look.ts";
import type { Picked } from "./picked.tsx";
import type { SeenNames } from "./seen-names.ts";

// Why there are no rows is said when there are none.
const EmptyLog = lazyRouteComponent(() => import("./empty-log.tsx"), "EmptyLog");
const BroadNote = lazyRouteComponent(() => import("./broad-note.tsx"), "BroadNote");

type Props = {
  log: ReturnType<typeof useEventLog>;
  search: LogSearch;
  base: LogSearch;
  zone: Zone;
  besideZone: Zone | null;
  names: SeenNames;
  onChange: (search: LogSearch) => void;
  onOpen: (id: string) => void;
  picked: Picked;
  onTop: (isAtTop: boolean) => void;
  /** Goes back to what was asked for before. */
  onGiveUp: () => void;
  look: Look;
  handle: RefObject<ListHandle | null>;
};

/** The list, or in words why there is none. */
export function LogRows({
  log,
  search,
  base,
  zone,
  besideZone,
  names,
  onChange,
  onOpen,
  picked,
  onTop,
  onGiveUp,
  look,
  handle,
}: Props) {
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = log;
  const onEnd = () => {
    if (!isFetchingNextPage) void fetchNextPage();
  };

  const asked = without(search, "event", "ignored");
  if (log.isError && log.entries.length === 0) {
    if (failureOf(log.error).reason === "query_too_broad")
      return (
        <Suspense>
          <BroadNote search={asked} onChange={onChange} onRetry={() => void log.refetch()} />
        </Suspense>
      );
    return (
      <div className={classes.note}>
        <FailureNote
          title={texts.failure.title}
          error={log.error}
          holds={texts.failure.holds}
          onRetry={() => void log.refetch()}
        />
      </div>
    );
  }
  if (log.isPending)
    return <LoadingLog onCancel={log.cancel} isCancelled={log.isCancelled} onRetry={() => void log.refetch()} />;
  const reachedAt = log.data?.pages.at(-1)?.reachedAt ?? null;
  const onContinue = reachedAt === null || isFetchingNextPage ? null : () => void fetchNextPage();
  if (log.entries.length === 0 && reachedAt !== null)
    return (
      <EmptyState title={texts.log.noneYet}>
        {log.isError ? <FailureNote error={log.error} onRetry={() => void fetchNextPage()} /> : null}
        <Reached at={reachedAt} zone={zone} onContinue={onContinue} />
      </EmptyState>
    );
  if (log.entries.length === 0)
    return (
      <Suspense>
        <EmptyLog search={asked} asked={log.query} zone={zone} names={names} onChange={onChange} />
      </Suspense>
    );
  const scrollId = encodeURIComponent(JSON.stringify(without(base, "zone", "live", "view")));
  const further =
    reachedAt === null ? texts.log.loadingMore : <Reached at={reachedAt} zone={zone} onContinue={onContinue} />;
  const more = hasNextPage ? further : texts.log.end(rangeWords(search, zone));
  const end = log.isError ? <FailureNote error={log.error} onRetry={() => void fetchNextPage()} /> : more;
  return (
    <>
      {log.isPlaceholderData ? <SlowBar onCancel={onGiveUp} /> : null}
      {log.looking.error ? (
        <div className={classes.notice}>
          <FailureNote title={texts.log.notRead} error={log.looking.error} onRetry={() => void log.refresh()} />
        </div>
      ) : null}
      <EventList
        key={scrollId}
        scrollId={scrollId}
        entries={log.entries}
        zone={zone}
        besideZone={besideZone}
        base={base}
        openId={search.event}
        onOpen={onOpen}
        picked={picked}
        onTop={onTop}
        hasMore={hasNextPage && !log.isError && reachedAt === null}
        onEnd={onEnd}
        end={end}
        isStale={log.isPlaceholderData}
        look={look}
        handle={handle}
      />
      <p className={classes.count} role="status">
        {shownText(log.entries, hasNextPage)}
      </p>
    </>
  );
}

const shownText = (entries: readonly LogEntry[], hasMore: boolean) => texts.log.shown(count(entries.length), hasMore);
