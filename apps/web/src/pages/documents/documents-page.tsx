import { Button, NativeSelect, UnstyledButton } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type Ref, useMemo, useRef, useState } from "react";
import { type Receipt, useTRPC } from "../../api.ts";
import { DataList } from "../../components/data-list.tsx";
import table from "../../components/data-table.module.css";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import filters from "../../components/filters.module.css";
import { LinkButton } from "../../components/link-button.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { usePageKeys } from "../../components/page-keys.ts";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import { SearchField } from "../../components/search-field.tsx";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { texts } from "../../texts.ts";
import { documentColumns } from "./document-columns.tsx";
import {
  type DocumentSearch,
  documentInput,
  documentStates,
  fileTypes,
  parseDocumentSearch,
} from "./document-search.ts";
import { documentsTexts as words } from "./documents-texts.ts";

const route = getRouteApi("/app/documents");

export function DocumentsPage() {
  const mayRead = useMay("documents.read");
  if (!mayRead) return <NotPermitted title={texts.documents.title} feature="documents.read" />;
  return <Documents />;
}

function Documents() {
  const trpc = useTRPC();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { zone } = usePreferences();
  const maySeePermits = useMay("permits.read");
  const [done, setDone] = useState<Receipt | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const searchField = useRef<HTMLInputElement>(null);
  const query = useInfiniteQuery(
    trpc.documents.listAll.infiniteQueryOptions(
      { ...documentInput(search), limit: 50 },
      {
        getNextPageParam: (page) => page.nextCursor ?? undefined,
        placeholderData: keepPreviousData,
        staleTime: 10_000,
      },
    ),
  );
  const documents = query.data?.pages.flatMap((page) => page.items) ?? [];
  const columns = useMemo(
    () => documentColumns({ zone, maySeePermits, onDone: setDone, onFailed: setFailure }),
    [zone, maySeePermits],
  );
  usePageKeys({ "/": () => searchField.current?.focus(), r: () => void query.refetch() });
  const change = (next: DocumentSearch) => void navigate({ search: next });
  return (
    <Page title={texts.documents.title}>
      {done ? (
        <div className={table.note}>
          <ReceiptNote done={done} onDismiss={() => setDone(null)} />
        </div>
      ) : null}
      {failure ? (
        <div className={table.note}>
          <FailureNote title={texts.failure.saving} error={failure} />
        </div>
      ) : null}
      <DocumentFilters search={search} onChange={change} searchRef={searchField} />
      <DataList
        query={query}
        queryKey={trpc.documents.listAll.pathKey()}
        rows={documents}
        columns={columns}
        words={words}
        empty={
          Object.keys(search).length > 0 ? (
            <EmptyState
              title={words.filteredTitle}
              actions={
                <Button variant="default" onClick={() => change({})}>
                  {words.clear}
                </Button>
              }
            >
              {words.filtered}
            </EmptyState>
          ) : (
            <EmptyState
              title={words.emptyTitle}
              actions={maySeePermits ? <LinkButton to="/permits">{words.toPermits}</LinkButton> : null}
            >
              {words.empty}
            </EmptyState>
          )
        }
      />
    </Page>
  );
}

type FilterProps = {
  search: DocumentSearch;
  onChange: (search: DocumentSearch) => void;
  searchRef: Ref<HTMLInputElement>;
};

function DocumentFilters({ search, onChange, searchRef }: FilterProps) {
  const set = (key: keyof DocumentSearch, value: string) => onChange(parseDocumentSearch({ ...search, [key]: value }));
  const any = { value: "", label: words.any };
  return (
    <search className={filters.filters} aria-label={words.searchLabel}>
      <SearchField
        key={search.q ?? ""}
        label={words.searchLabel}
        placeholder={words.search}
        q={search.q ?? ""}
        onSearch={(q) => set("q", q)}
        fieldRef={searchRef}
      />
      <NativeSelect
        label={words.state}
        data={[any, ...documentStates.map((value) => ({ value, label: texts.documents.states[value] }))]}
        value={search.state ?? ""}
        onChange={(event) => set("state", event.currentTarget.value)}
      />
      <NativeSelect
        label={words.type}
        data={[any, ...Object.keys(fileTypes).map((value) => ({ value, label: value.toUpperCase() }))]}
        value={search.type ?? ""}
        onChange={(event) => set("type", event.currentTarget.value)}
      />
      {Object.keys(search).length > 0 ? (
        <UnstyledButton className={filters.clear} onClick={() => onChange({})}>
          {words.clear}
        </UnstyledButton>
      ) : null}
    </search>
  );
}
