import { Button, UnstyledButton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { Fragment, useEffect, useRef, useState } from "react";
import { useTRPC } from "../../api.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { bytes, count, dateTime } from "../../format.ts";
import { useMe } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { texts } from "../../texts.ts";
import classes from "./retention.module.css";
import { retentionTexts } from "./retention-texts.ts";
import { type Run, runBy, runWords } from "./retention-words.ts";
import { RunMonths } from "./run-months.tsx";

const words = retentionTexts.runs;

/** The ledger of runs: what each removed, put on hold or left alone, and for how long it locked whom. */
export function RunsPanel({ openRun, shownRun }: { openRun: number | null; shownRun: number | null }) {
  const trpc = useTRPC();
  const read = useInfiniteQuery(
    trpc.retention.runs.infiniteQueryOptions(
      { limit: shownRun === null ? 10 : 100 },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, staleTime: 10_000, retry: false },
    ),
  );
  const { refetch } = read;
  // A run that began or ended is read at once.
  // biome-ignore lint/correctness/useExhaustiveDependencies: which run is open is why it is read again
  useEffect(() => void refetch(), [openRun, refetch]);
  const runs = read.data?.pages.flatMap(({ items }) => items) ?? [];
  const oldest = runs.at(-1)?.id ?? 0;
  const isEarlier = shownRun !== null && shownRun < oldest && read.hasNextPage;
  const { fetchNextPage, isFetching, isError } = read;
  useEffect(() => {
    if (isEarlier && !isFetching && !isError) void fetchNextPage();
  }, [isEarlier, isFetching, isError, fetchNextPage]);
  const isMissing =
    shownRun !== null && read.data !== undefined && !isEarlier && runs.every(({ id }) => id !== shownRun);
  return (
    <section className={classes.panel} aria-labelledby="retention-runs">
      <h2 id="retention-runs" className={classes.section}>
        {words.title}
      </h2>
      {read.isError ? (
        <FailureNote error={read.error} holds={texts.failure.holds} onRetry={() => void read.refetch()} />
      ) : null}
      {read.data && runs.length === 0 ? <EmptyState title={words.empty}>{words.emptyHint}</EmptyState> : null}
      {isMissing ? <p role="status">{words.missing(shownRun)}</p> : null}
      {runs.length > 0 ? (
        <table className={classes.table} aria-label={words.table}>
          <thead>
            <tr>
              <th scope="col">{words.when}</th>
              <th scope="col">{words.what}</th>
              <th scope="col" data-figures>
                {words.back}
              </th>
              <th scope="col" data-figures>
                {words.took}
              </th>
              <th scope="col" data-figures>
                {words.locked}
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <RunLine key={run.id} run={run} isShown={run.id === shownRun} />
            ))}
          </tbody>
        </table>
      ) : null}
      {read.hasNextPage ? (
        <Button variant="default" size="xs" onClick={() => void read.fetchNextPage()}>
          {words.more}
        </Button>
      ) : null}
    </section>
  );
}

const took = ({ startedAt, endedAt }: Run): string => {
  if (endedAt === null) return words.none;
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  return seconds < 90 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
};

function RunLine({ run, isShown }: { run: Run; isShown: boolean }) {
  const { zone } = usePreferences();
  const me = useMe();
  const [isOpen, setOpen] = useState(isShown);
  const line = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (!isShown) return;
    setOpen(true);
    line.current?.scrollIntoView({ block: "center" });
    line.current?.focus({ preventScroll: true });
  }, [isShown]);
  const hasMonths = run.manifests.length + run.skipped.length > 0;
  return (
    <Fragment>
      <tr
        ref={line}
        tabIndex={isShown ? -1 : undefined}
        data-failed={run.state === "failed" || undefined}
        data-shown={isShown || undefined}
      >
        <th scope="row">
          <time dateTime={run.startedAt}>{dateTime(run.startedAt, zone)}</time>
          <p className={classes.sub}>{runBy(run.startedBy, me?.id)}</p>
        </th>
        <td data-label={words.what}>
          {runWords(run)}
          {run.error ? <p className={classes.bad}>{run.error}</p> : null}
          {hasMonths ? (
            <UnstyledButton
              className={classes.unfold}
              aria-expanded={isOpen}
              aria-label={words.showOf(run.id)}
              onClick={() => setOpen(!isOpen)}
            >
              {isOpen ? words.hide : words.show}
              <ChevronDown size={12} aria-hidden />
            </UnstyledButton>
          ) : null}
        </td>
        <td data-label={words.back} data-figures>
          {run.bytes > 0 ? bytes(run.bytes) : words.none}
        </td>
        <td data-label={words.took} data-figures>
          {took(run)}
        </td>
        <td data-label={words.locked} data-figures>
          {run.longestLockMs > 0 ? words.ms(count(Math.ceil(run.longestLockMs))) : words.none}
        </td>
      </tr>
      {isOpen ? (
        <tr>
          <td colSpan={5} className={classes.unfolded}>
            <RunMonths run={run} />
          </td>
        </tr>
      ) : null}
    </Fragment>
  );
}
