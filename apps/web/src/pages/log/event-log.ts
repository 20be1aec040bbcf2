import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { type LogEntry, useTRPC } from "../../api.ts";
import { firstRange, type LogSearch, listInput, ranges } from "./log-search.ts";

type Page = { entries: LogEntry[]; nextCursor: string | null };

const pageSize = 100;
const none: LogEntry[] = [];

/**
 * The events of an address, newest first, page by page. Every call is recorded as a reading of the log, so nothing is asked in the
 * background: `refresh` reads the newest page, `peek` counts what is newer than the first row shown.
 */
export const useEventLog = (search: LogSearch) => {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const range = search.range ?? firstRange;
  const [anchor, setAnchor] = useState({ range, at: Date.now() });
  if (anchor.range !== range) setAnchor({ range, at: Date.now() });
  const [newer, setNewer] = useState<Page | null>(null);

  const filter = listInput(search, anchor.at);
  const input = { ...filter, limit: pageSize };
  const options = trpc.audit.list.infiniteQueryOptions(input, {
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    // What was read does not change, and comparing all of it again with each page would be most of the work.
    structuralSharing: false,
    trpc: { abortOnUnmount: true },
  });
  const query = useInfiniteQuery(options);
  const entries = useMemo(() => query.data?.pages.flatMap((page) => page.entries) ?? none, [query.data]);

  const refresh = async () => {
    setNewer(null);
    if ("minutes" in ranges[range]) return setAnchor({ range, at: Date.now() });
    // Reading again all pages that were scrolled through would be as many recorded acts.
    queries.setQueryData<InfiniteData<Page, string | null>>(options.queryKey, (data) => data && firstPageOf(data));
    await Promise.all([query.refetch(), queries.invalidateQueries(trpc.audit.histogram.queryFilter(filter))]);
  };

  const peek = async () => {
    const page = await queries.fetchQuery({ ...trpc.audit.list.queryOptions(input), staleTime: 0 });
    const newestId = entries[0]?.id;
    const fresh = newestId === undefined ? page.entries : page.entries.filter((entry) => entry.id > newestId);
    setNewer(fresh.length > 0 ? { entries: fresh, nextCursor: page.nextCursor } : null);
  };

  const cancel = () => void queries.cancelQueries({ queryKey: options.queryKey });
  const isCancelled = query.isPending && query.fetchStatus === "idle";

  return { ...query, query: filter, entries, refresh, peek, newer, cancel, isCancelled };
};

const firstPageOf = (data: InfiniteData<Page, string | null>): InfiniteData<Page, string | null> => ({
  pages: data.pages.slice(0, 1),
  pageParams: data.pageParams.slice(0, 1),
});

/** Calls back when the reader comes back to the tab after at least `afterMs` elsewhere. */
export const useReturn = (afterMs: number, onReturn: () => void): void => {
  const back = useEffectEvent(onReturn);
  useEffect(() => {
    let leftAt: number | null = null;
    const onChange = () => {
      if (document.visibilityState === "hidden") leftAt = Date.now();
      else if (leftAt !== null && Date.now() - leftAt >= afterMs) back();
    };
    document.addEventListener("visibilitychange", onChange);
    return () => document.removeEventListener("visibilitychange", onChange);
  }, [afterMs]);
};
