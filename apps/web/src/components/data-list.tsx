import { VisuallyHidden } from "@mantine/core";
import type { QueryKey } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { count } from "../format.ts";
import { texts } from "../texts.ts";
import classes from "./data-table.module.css";
import { type DataColumn, DataTable, type Sorted } from "./data-table.tsx";
import { FailureNote } from "./failure-note.tsx";
import { SlowNote } from "./query-body.tsx";

/** What an endless query tells of itself. */
type Reading = {
  error: unknown;
  isError: boolean;
  isPending: boolean;
  isPlaceholderData: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchStatus: "fetching" | "paused" | "idle";
  refetch: () => Promise<unknown>;
  fetchNextPage: () => Promise<unknown>;
};

type Props<Row, Sort extends string> = {
  query: Reading;
  queryKey: QueryKey;
  rows: readonly Row[];
  columns: readonly DataColumn<Row, Sort>[];
  words: {
    table: string;
    loading: string;
    more: string;
    shown: (n: string, more: boolean) => string;
  };
  sort?: { by: Sorted<Sort> | undefined; unsorted: string; onChange: (by: Sorted<Sort> | undefined) => void };
  /** What stands here when there is nothing to show. */
  empty: ReactNode;
};

/** A list in all its states: being read, failed, empty, shown, read on. */
export function DataList<Row extends { id: number | string }, Sort extends string = never>(props: Props<Row, Sort>) {
  const { query, queryKey, rows, columns, words, sort, empty } = props;
  if (query.isError && rows.length === 0) {
    return (
      <FailureNote
        title={texts.failure.title}
        error={query.error}
        holds={texts.failure.holds}
        onRetry={() => void query.refetch()}
      />
    );
  }
  // Given up before the first row came: a skeleton would say that they still come.
  if (query.isPending && query.fetchStatus === "idle") return <SlowNote query={query} queryKey={queryKey} />;
  const isEmpty = !query.isPending && rows.length === 0;
  if (isEmpty && !query.isPlaceholderData) return empty;
  return (
    <>
      {query.isPending ? <VisuallyHidden role="status">{words.loading}</VisuallyHidden> : null}
      <DataTable
        label={words.table}
        columns={columns}
        rows={query.isPending ? undefined : rows}
        isStale={query.isPlaceholderData}
        hasMore={query.hasNextPage && !query.isError}
        isReading={query.isFetchingNextPage}
        reading={words.more}
        onEnd={() => void query.fetchNextPage()}
        {...(sort && { sort })}
      />
      {query.isPending ? <SlowNote query={query} queryKey={queryKey} /> : null}
      {query.isError ? <FailureNote error={query.error} onRetry={() => void query.fetchNextPage()} /> : null}
      {query.isPending ? null : (
        <p className={classes.count} role="status">
          {words.shown(count(rows.length), query.hasNextPage)}
        </p>
      )}
    </>
  );
}
