import { sentenceOf } from "@countersign/audit/sentence";
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { type LogEntry, useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { ChangedFields } from "../../events/changed-fields.tsx";
import { Sentence } from "../../events/sentence.tsx";
import { SeverityMark } from "../../events/severity-mark.tsx";
import { StatusMark } from "../../events/status-mark.tsx";
import { ago, clockTime, dayHeading, dayKey } from "../../format.ts";
import { useMay } from "../../me.ts";
import { texts } from "../../texts.ts";
import classes from "./permit.module.css";

type Props = {
  permitId: number;
  /** The event of the last act here: the history is read again until it stands in it. */
  newestKept: string | null;
};

/** What happened to a permit, newest first. */
export function PermitHistory({ permitId, newestKept }: Props) {
  const mayRead = useMay("audit.read");
  return (
    <section className={classes.panel} aria-labelledby="history">
      <div className={classes.panelHead}>
        <h2 id="history" className={classes.section}>
          {texts.permit.history}
        </h2>
        {mayRead ? (
          <Link to="/log" search={{ object: `permit:${permitId}`, range: "all" }}>
            {texts.permit.historyAll}
          </Link>
        ) : null}
      </div>
      {mayRead ? (
        <Timeline permitId={permitId} newestKept={newestKept} />
      ) : (
        <p className={classes.muted}>{texts.notPermitted.text("audit.read")}</p>
      )}
    </section>
  );
}

const stepsMs = [250, 600, 1_500, 3_000];

function Timeline({ permitId, newestKept }: Props) {
  const trpc = useTRPC();
  const query = useInfiniteQuery(
    trpc.audit.objectHistory.infiniteQueryOptions(
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

  if (query.isError) return <FailureNote error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <p className={classes.muted}>{texts.log.loading}</p>;
  if (entries.length === 0) return <p className={classes.muted}>{texts.permit.historyNone}</p>;
  return (
    <>
      <ol className={classes.timeline}>
        {entries.map((entry, index) => (
          <Moment key={entry.id} entry={entry} before={entries[index - 1]} />
        ))}
      </ol>
      {query.hasNextPage ? (
        <Button variant="default" size="xs" onClick={() => void query.fetchNextPage()}>
          {query.isFetchingNextPage ? texts.log.loadingMore : texts.permit.historyMore}
        </Button>
      ) : null}
    </>
  );
}

function Moment({ entry, before }: { entry: LogEntry; before: LogEntry | undefined }) {
  const [isOpen, setOpen] = useState(false);
  const isNewDay = !before || dayKey(before.receivedAt, "local") !== dayKey(entry.receivedAt, "local");
  const fields = Object.keys(entry.changes ?? {}).length;
  const { notes } = entry;
  const isTold = notes !== null && sentenceOf(entry).some(({ text }) => text.includes(notes));
  return (
    <li>
      {isNewDay ? <div className={classes.momentDay}>{dayHeading(entry.receivedAt, "local")}</div> : null}
      <div className={classes.moment}>
        <SeverityMark severity={entry.severity} bare />
        <div className={classes.momentBody}>
          <Sentence
            entry={entry}
            zone="local"
            base={{}}
            many={
              <button type="button" className={classes.many} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
                {texts.log.fields(fields)}
              </button>
            }
          />
          {isOpen && entry.changes ? <ChangedFields changes={entry.changes} zone="local" /> : null}
          {notes && !isTold ? (
            <div className={classes.muted}>
              <Foreign text={`“${notes}”`} />
            </div>
          ) : null}
          <div className={classes.momentFoot}>
            <Link to="/log" search={{ event: entry.id }} title={ago(entry.receivedAt, Date.now())}>
              <time dateTime={entry.receivedAt}>{clockTime(entry.receivedAt, "local")}</time>
            </Link>
            <StatusMark status={entry.status} />
          </div>
        </div>
      </div>
    </li>
  );
}
