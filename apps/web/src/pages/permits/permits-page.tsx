import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import { useTRPC } from "../../api.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { usePageKeys } from "../../components/page-keys.ts";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import { count } from "../../format.ts";
import { useMay } from "../../me.ts";
import { takeReceipt } from "../../receipts.ts";
import { texts } from "../../texts.ts";
import { ExportMenu, ExportNote, usePermitExport } from "./export-menu.tsx";
import { LoadingPermits } from "./loading-permits.tsx";
import { PermitFilters } from "./permit-filters.tsx";
import { isFiltered, permitInput } from "./permit-search.ts";
import { PermitTable } from "./permit-table.tsx";
import classes from "./permits.module.css";

const route = getRouteApi("/app/permits");

export function PermitsPage() {
  const mayRead = useMay("permits.read");
  if (!mayRead) return <NotPermitted title={texts.permits.title} feature="permits.read" />;
  return <Permits />;
}

function Permits() {
  const trpc = useTRPC();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const mayCreate = useMay("permits.create");
  const mayExport = useMay("permits.export");
  const exporting = usePermitExport(search);
  const [handed, setHanded] = useState(() => takeReceipt("permits"));
  const searchField = useRef<HTMLInputElement>(null);
  const query = useInfiniteQuery(
    trpc.permits.list.infiniteQueryOptions(
      { ...permitInput(search), limit: 50 },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        placeholderData: keepPreviousData,
        staleTime: 10_000,
      },
    ),
  );
  const permits = query.data?.pages.flatMap((page) => page.items) ?? [];
  usePageKeys({ "/": () => searchField.current?.focus(), r: () => void query.refetch() });
  const create = mayCreate ? (
    <LinkButton to="/permits/new" leftSection={<Plus size={16} aria-hidden />}>
      {texts.permits.new}
    </LinkButton>
  ) : null;

  return (
    <Page
      title={texts.permits.title}
      actions={
        <>
          {mayExport ? <ExportMenu search={search} exporting={exporting} /> : null}
          {create}
        </>
      }
    >
      {handed ? (
        <div className={classes.note}>
          <ReceiptNote done={handed.done} sentence={handed.sentence} onDismiss={() => setHanded(null)} />
        </div>
      ) : null}
      <ExportNote exporting={exporting} />
      <PermitFilters search={search} onChange={(next) => void navigate({ search: next })} searchRef={searchField} />
      {query.isError && permits.length === 0 ? (
        <FailureNote
          title={texts.failure.title}
          error={query.error}
          holds={texts.failure.holds}
          onRetry={() => void query.refetch()}
        />
      ) : query.isPending ? (
        <LoadingPermits />
      ) : permits.length > 0 ? (
        <>
          <PermitTable
            permits={permits}
            isStale={query.isPlaceholderData}
            hasMore={query.hasNextPage && !query.isError}
            onEnd={() => void query.fetchNextPage()}
            isReading={query.isFetchingNextPage}
          />
          {query.isError ? <FailureNote error={query.error} onRetry={() => void query.fetchNextPage()} /> : null}
          <p className={classes.count} role="status">
            {texts.permits.shown(count(permits.length), query.hasNextPage)}
          </p>
        </>
      ) : isFiltered(search) ? (
        <EmptyState
          title={texts.permits.filteredTitle}
          actions={
            <Button variant="default" onClick={() => void navigate({ search: {} })}>
              {texts.permits.clear}
            </Button>
          }
        >
          {texts.permits.filtered}
        </EmptyState>
      ) : (
        <EmptyState title={texts.permits.emptyTitle} actions={create}>
          {texts.permits.empty}
        </EmptyState>
      )}
    </Page>
  );
}
