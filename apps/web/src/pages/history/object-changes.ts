import type { StateEvent } from "@countersign/audit/state-at";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { type LogEntry, useTRPC } from "../../api.ts";

/** A change with all that its event says. */
export type ChangeEntry = LogEntry & StateEvent;

const pageSize = 200;
/** Pages read unasked; older ones take a click. */
const firstPages = 5;

/** What changed an object, oldest first, as far as it was read. */
export const useObjectChanges = (type: string, id: string) => {
  const trpc = useTRPC();
  const query = useInfiniteQuery(
    trpc.history.changes.infiniteQueryOptions(
      { objectType: type, objectId: id, limit: pageSize },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, staleTime: 10_000 },
    ),
  );
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = query;
  const pages = data?.pages.length ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError && pages < firstPages) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, pages, fetchNextPage]);
  const changes = useMemo(
    () =>
      (data?.pages.flatMap((page) => page.entries) ?? [])
        .map((entry): ChangeEntry => ({ ...entry, changes: entry.changes ?? {} }))
        .reverse(),
    [data],
  );
  return { ...query, changes };
};
