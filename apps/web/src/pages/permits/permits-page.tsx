import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import { useTRPC } from "../../api.ts";
import { DataList } from "../../components/data-list.tsx";
import table from "../../components/data-table.module.css";
import { EmptyState } from "../../components/empty-state.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { usePageKeys } from "../../components/page-keys.ts";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import { useMay } from "../../me.ts";
import { takeReceipt } from "../../receipts.ts";
import { texts } from "../../texts.ts";
import { ExportMenu, ExportNote, usePermitExport } from "./export-menu.tsx";
import { permitColumns } from "./permit-columns.tsx";
import { PermitFilters } from "./permit-filters.tsx";
import { isFiltered, parsePermitSearch, permitInput, unfiltered } from "./permit-search.ts";
import { listTexts } from "./permits-texts.ts";

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
      { ...permitInput(search), ...(search.sort && { sort: search.sort }), limit: 50 },
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
        <div className={table.note}>
          <ReceiptNote done={handed.done} sentence={handed.sentence} onDismiss={() => setHanded(null)} />
        </div>
      ) : null}
      <ExportNote exporting={exporting} />
      <PermitFilters
        search={search}
        assignees={permits.flatMap(({ assignedTo }) => assignedTo ?? [])}
        onChange={(next) => void navigate({ search: next })}
        searchRef={searchField}
      />
      <DataList
        query={query}
        queryKey={trpc.permits.list.pathKey()}
        rows={permits}
        columns={permitColumns}
        words={{ ...texts.permits, ...(search.sort && listTexts.sorted) }}
        sort={{
          by: search.sort,
          unsorted: listTexts.newestFirst,
          onChange: (sort) => void navigate({ search: parsePermitSearch({ ...search, sort }) }),
        }}
        empty={
          isFiltered(search) ? (
            <EmptyState
              title={texts.permits.filteredTitle}
              actions={
                <Button variant="default" onClick={() => void navigate({ search: unfiltered(search) })}>
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
          )
        }
      />
    </Page>
  );
}
