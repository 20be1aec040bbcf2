import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { type Receipt, useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { usePageKeys } from "../../components/page-keys.ts";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import states from "../../components/states.module.css";
import { useMay } from "../../me.ts";
import { texts } from "../../texts.ts";
import classes from "./catalogue.module.css";
import { CatalogueFilters } from "./catalogue-filters.tsx";
import { isFiltered } from "./catalogue-search.ts";
import { CatalogueTable } from "./catalogue-table.tsx";
import { catalogueTexts as words } from "./catalogue-texts.ts";
import { matches } from "./event-types.ts";

const route = getRouteApi("/app/events");

export function CataloguePage() {
  const mayRead = useMay("events.read");
  if (!mayRead) return <NotPermitted title={words.title} feature="events.read" />;
  return <Catalogue />;
}

function Catalogue() {
  const trpc = useTRPC();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const searchField = useRef<HTMLInputElement>(null);
  const [done, setDone] = useState<{ receipt: Receipt; name: string } | null>(null);
  const types = useQuery({ ...trpc.eventTypes.list.queryOptions({}), staleTime: 10_000 });
  const activity = useQuery({ ...trpc.eventTypes.activity.queryOptions({}), staleTime: 60_000 });
  usePageKeys({ "/": () => searchField.current?.focus() });
  const all = types.data?.items ?? [];
  const shown = all.filter((type) => matches(type, search));
  const clear = () => void navigate({ search: {}, replace: true });
  return (
    <Page title={words.title}>
      {done ? (
        <div className={classes.note}>
          <ReceiptNote done={done.receipt} sentence={`${done.name}:`} onDismiss={() => setDone(null)} />
        </div>
      ) : null}
      <CatalogueFilters
        search={search}
        onChange={(next) => void navigate({ search: next, replace: true })}
        searchRef={searchField}
      />
      {activity.isError ? (
        <div className={classes.note}>
          <FailureNote error={activity.error} holds={words.activityFailed} onRetry={() => void activity.refetch()} />
        </div>
      ) : null}
      {types.isError && all.length === 0 ? (
        <FailureNote
          title={texts.failure.title}
          error={types.error}
          holds={texts.failure.holds}
          onRetry={() => void types.refetch()}
        />
      ) : types.isPending ? (
        <Loading />
      ) : shown.length > 0 ? (
        <>
          <CatalogueTable
            all={all}
            shown={shown}
            activity={activity.data}
            isFiltered={isFiltered(search)}
            onSaved={(receipt, name) => setDone({ receipt, name })}
          />
          <p className={classes.muted} role="status">
            {words.shown(shown.length)} · {words.days}
          </p>
        </>
      ) : all.length > 0 ? (
        <EmptyState
          title={words.filteredTitle}
          actions={
            <Button variant="default" onClick={clear}>
              {words.clear}
            </Button>
          }
        >
          {words.filtered}
        </EmptyState>
      ) : (
        <EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>
      )}
    </Page>
  );
}

function Loading() {
  return (
    <AfterDelay ms={150}>
      <div className={classes.sheet} aria-busy aria-label={words.loading} role="status">
        {[64, 52, 70, 48, 60, 56, 66, 50, 62, 54].map((width) => (
          <div key={width} className={classes.loadingRow}>
            <div className={states.skeleton} style={{ inlineSize: `${width}%` }} />
          </div>
        ))}
      </div>
    </AfterDelay>
  );
}
