import { Button } from "@mantine/core";
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { texts } from "../texts.ts";
import { AfterDelay } from "./after-delay.tsx";
import { FailureNote } from "./failure-note.tsx";
import states from "./states.module.css";

/** What a part of a page needs to know of its query. */
export type PartQuery<T> = {
  data: T | undefined;
  error: unknown;
  isError: boolean;
  fetchStatus: "fetching" | "paused" | "idle";
  refetch: () => Promise<unknown>;
};

type Props<T> = {
  /** What is read, as it is said while that takes its time. */
  title: string;
  query: PartQuery<T>;
  queryKey: QueryKey;
  /** As many rows as the skeleton has. */
  rows: number;
  children: (data: T) => ReactNode;
};

/** What was read, or a skeleton, a wait that can be given up, or a failure; what was read before stays under one. */
export function QueryBody<T>({ title, query, queryKey, rows, children }: Props<T>) {
  const failure = query.isError ? (
    <FailureNote
      error={query.error}
      holds={query.data === undefined ? texts.failure.holds : texts.failure.asRead}
      onRetry={() => void query.refetch()}
    />
  ) : null;
  if (query.data !== undefined) {
    return (
      <>
        {failure}
        {children(query.data)}
      </>
    );
  }
  if (failure) return failure;
  return <QueryWait title={title} query={query} queryKey={queryKey} rows={rows} />;
}

type Waiting = Pick<PartQuery<unknown>, "fetchStatus" | "refetch">;
type WaitProps = Omit<Props<unknown>, "query" | "children"> & { query: Waiting };

/** Rows to come, in their final size, and after a while the way to give them up. */
export function QueryWait({ title, query, queryKey, rows }: WaitProps) {
  return (
    <>
      {query.fetchStatus === "idle" ? null : (
        <div className={states.skeletons} role="status" aria-label={texts.waiting.loading(title)}>
          {Array.from({ length: rows }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows to come have no identity
            <span key={index} className={states.skeletonRow}>
              <AfterDelay ms={150}>
                <span className={states.skeleton} />
              </AfterDelay>
            </span>
          ))}
        </div>
      )}
      <SlowNote query={query} queryKey={queryKey} />
    </>
  );
}

/** Beside a skeleton: that reading takes its time and can be given up, or that it was. */
export function SlowNote({ query, queryKey }: { query: Waiting; queryKey: QueryKey }) {
  const queries = useQueryClient();
  if (query.fetchStatus === "idle") {
    return (
      <p className={states.slow} role="status">
        {texts.waiting.cancelled}
        <Button variant="default" size="xs" onClick={() => void query.refetch()}>
          {texts.failure.retry}
        </Button>
      </p>
    );
  }
  return (
    <AfterDelay ms={800}>
      <p className={states.slow}>
        {texts.waiting.slow}
        <Button variant="default" size="xs" onClick={() => void queries.cancelQueries({ queryKey })}>
          {texts.waiting.cancel}
        </Button>
      </p>
    </AfterDelay>
  );
}
