import { Button, Checkbox } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Alert, failureOf, useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { useKeepPlace } from "../../components/keep-place.ts";
import { usePageKeys } from "../../components/page-keys.ts";
import { SlowNote } from "../../components/query-body.tsx";
import states from "../../components/states.module.css";
import { useWhilePresent } from "../../components/while-present.ts";
import { texts } from "../../texts.ts";
import { AlertCard } from "./alert-card.tsx";
import type { AlertSearch } from "./alert-search.ts";
import classes from "./alerts.module.css";
import type { Go, Show } from "./alerts-page.tsx";
import { alertsTexts } from "./alerts-texts.ts";
import { useRules } from "./use-alerts.ts";

const words = alertsTexts.list;
const everyMs = 15_000;

type Props = { search: AlertSearch; go: Go; show: Show };

/** What the rules found: those that nobody took note of, or the one that a message leads to. */
export function OpenPanel({ search, go, show }: Props) {
  if (search.alert !== undefined) return <OneAlert alertId={search.alert} go={go} show={show} />;
  return <AlertList isPast={search.past === "on"} go={go} show={show} />;
}

function AlertList({ isPast, go, show }: { isPast: boolean; go: Go; show: Show }) {
  const trpc = useTRPC();
  const query = useInfiniteQuery(
    trpc.alerts.list.infiniteQueryOptions(
      { states: isPast ? ["open", "acknowledged", "closed"] : ["open"], limit: 30 },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, placeholderData: keepPreviousData },
    ),
  );
  useWhilePresent(everyMs, !query.isError, query.refetch);
  usePageKeys({ r: () => void query.refetch() });
  const alerts = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <Checkbox
        className={classes.past ?? ""}
        label={words.past}
        checked={isPast}
        onChange={(event) => go(event.currentTarget.checked ? { past: "on" } : {})}
      />
      {query.isError ? (
        <FailureNote
          title={texts.failure.title}
          error={query.error}
          holds={texts.failure.holds}
          onRetry={() => void query.refetch()}
        />
      ) : null}
      {query.isPending ? (
        <>
          {query.fetchStatus === "idle" ? null : <Loading />}
          <SlowNote query={query} queryKey={trpc.alerts.list.pathKey()} />
        </>
      ) : null}
      {!query.isPending && !query.isError && alerts.length === 0 ? (
        <EmptyState
          title={words.emptyTitle}
          actions={
            <Button variant="default" onClick={() => go({ tab: "rules" })}>
              {words.toRules}
            </Button>
          }
        >
          {isPast ? words.emptyNone : words.empty}
        </EmptyState>
      ) : null}
      <Cards alerts={alerts} show={show} />
      {alerts.length > 0 ? (
        <p className={classes.count} role="status">
          {words.shown(alerts.length, query.hasNextPage)}
        </p>
      ) : null}
      {query.hasNextPage ? (
        <Button variant="default" aria-disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {query.isFetchingNextPage ? words.moreBusy : words.more}
        </Button>
      ) : null}
    </>
  );
}

function OneAlert({ alertId, go, show }: { alertId: number; go: Go; show: Show }) {
  const trpc = useTRPC();
  const query = useQuery({ ...trpc.alerts.get.queryOptions({ alertId }), retry: false });
  const isGone = query.isError && failureOf(query.error).reason === "not_found";
  const all = (
    <Button variant="default" onClick={() => go({})}>
      {words.all}
    </Button>
  );
  if (isGone)
    return (
      <EmptyState title={words.gone} actions={all}>
        {words.goneHow}
      </EmptyState>
    );
  if (query.isError) {
    return (
      <FailureNote
        title={texts.failure.title}
        error={query.error}
        holds={texts.failure.holds}
        onRetry={() => void query.refetch()}
      />
    );
  }
  if (!query.data) return <Loading />;
  return (
    <>
      <Cards alerts={[query.data.alert]} show={show} />
      {all}
    </>
  );
}

const alertCardId = (id: number): string => `alert-${id}`;

function Cards({ alerts, show }: { alerts: readonly Alert[]; show: Show }) {
  const rules = useRules();
  const [active, setActive] = useState<number | null>(null);
  useKeepPlace(alerts, active, alertCardId);
  if (alerts.length === 0) return null;
  return (
    <ul className={classes.cards} aria-label={words.label}>
      {alerts.map((alert) => (
        <li key={alert.id} id={alertCardId(alert.id)} tabIndex={-1} onFocus={() => setActive(alert.id)}>
          <AlertCard alert={alert} rule={rules.data?.items.find(({ id }) => id === alert.rule.id)} show={show} />
        </li>
      ))}
    </ul>
  );
}

function Loading() {
  return (
    <AfterDelay ms={150}>
      <div className={classes.cards} role="status" aria-busy aria-label={words.loading}>
        {["a", "b", "c"].map((key) => (
          <div key={key} className={classes.card}>
            <div className={states.skeleton} data-part="line" />
          </div>
        ))}
      </div>
    </AfterDelay>
  );
}
