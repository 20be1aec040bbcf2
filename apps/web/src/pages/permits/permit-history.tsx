import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { QueryWait } from "../../components/query-body.tsx";
import { Timeline } from "../../events/timeline.tsx";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { texts } from "../../texts.ts";
import classes from "./permit.module.css";

type Props = {
  permitId: number;
  /** The event of the last act here: the history is read again until it stands in it. */
  newestKept: string | null;
};

/** What happened to a permit and its documents, newest first. */
export function PermitHistory({ permitId, newestKept }: Props) {
  const mayRead = useMay("audit.read");
  return (
    <section className={classes.panel} aria-labelledby="history">
      <div className={classes.panelHead}>
        <h2 id="history" className={classes.section}>
          {texts.permit.history}
        </h2>
        {mayRead ? (
          <Link to="/history/$type/$id" params={{ type: "permit", id: String(permitId) }}>
            {texts.permit.historyAll}
          </Link>
        ) : null}
      </div>
      {mayRead ? (
        <Trail permitId={permitId} newestKept={newestKept} />
      ) : (
        <p className={classes.muted}>{texts.notPermitted.text("audit.read")}</p>
      )}
    </section>
  );
}

const stepsMs = [250, 600, 1_500, 3_000];

function Trail({ permitId, newestKept }: Props) {
  const trpc = useTRPC();
  const { zone } = usePreferences();
  const query = useInfiniteQuery(
    trpc.history.events.infiniteQueryOptions(
      { objectType: "permit", objectId: String(permitId), limit: 50 },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, staleTime: 10_000 },
    ),
  );
  const entries = useMemo(() => query.data?.pages.flatMap((page) => page.entries) ?? [], [query.data]);
  const isBehind = newestKept !== null && query.isSuccess && !entries.some((entry) => entry.id === newestKept);
  const [tries, setTries] = useState({ id: newestKept, count: 0 });
  if (tries.id !== newestKept) setTries({ id: newestKept, count: 0 });
  const { refetch } = query;
  useEffect(() => {
    const wait = stepsMs[tries.count];
    if (!isBehind || wait === undefined) return;
    const timer = setTimeout(() => {
      void refetch();
      setTries((before) => ({ ...before, count: before.count + 1 }));
    }, wait);
    return () => clearTimeout(timer);
  }, [isBehind, tries, refetch]);

  const failed = query.isError ? (
    <FailureNote
      error={query.error}
      onRetry={() => void (query.isFetchNextPageError ? query.fetchNextPage() : query.refetch())}
    />
  ) : null;
  if (failed && !query.data) return failed;
  if (query.isPending) {
    return <QueryWait title={texts.permit.history} query={query} queryKey={trpc.history.events.pathKey()} rows={6} />;
  }
  if (entries.length === 0) return <p className={classes.muted}>{texts.permit.historyNone}</p>;
  return (
    <>
      {query.isFetchNextPageError ? null : failed}
      <Timeline entries={entries} zone={zone} />
      {query.isFetchNextPageError ? failed : null}
      {query.hasNextPage && !query.isFetchNextPageError ? (
        <Button variant="default" size="xs" onClick={() => void query.fetchNextPage()}>
          {query.isFetchingNextPage ? texts.log.loadingMore : texts.permit.historyMore}
        </Button>
      ) : null}
    </>
  );
}
