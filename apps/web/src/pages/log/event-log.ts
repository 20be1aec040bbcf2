import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { type LogEntry, useTRPC } from "../../api.ts";
import { firstRange, type LogSearch, listInput, ranges } from "./log-search.ts";

type Page = { entries: LogEntry[]; nextCursor: string | null; reachedAt: string | null };
/** A look for newer events; an error stands until the next look. */
type Looking = { isBusy: boolean; error: unknown };

const pageSize = 100;
const none: LogEntry[] = [];
const idle: Looking = { isBusy: false, error: null };

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
  const [looking, setLooking] = useState<Looking>(idle);

  const filter = listInput(search, anchor.at);
  const input = { ...filter, limit: pageSize };
  const optionsOf = (asked: typeof input) =>
    trpc.audit.list.infiniteQueryOptions(asked, {
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
      // What was read does not change, and comparing all of it again with each page would be most of the work.
      structuralSharing: false,
      trpc: { abortOnUnmount: true },
    });
  const options = optionsOf(input);
  const query = useInfiniteQuery(options);
  const entries = useMemo(() => query.data?.pages.flatMap((page) => page.entries) ?? none, [query.data]);

  const firstPage = (asked: typeof input): Promise<Page> =>
    queries.fetchQuery({ ...trpc.audit.list.queryOptions(asked), staleTime: 0, networkMode: "always" });
  const look = async (run: () => Promise<void>) => {
    setLooking({ isBusy: true, error: null });
    try {
      await run();
      setLooking(idle);
    } catch (error) {
      setLooking({ isBusy: false, error });
    }
  };

  const asked = JSON.stringify(filter);
  const [counted, setCounted] = useState({ asked, atMs: anchor.at });
  if (counted.asked !== asked) {
    setCounted({ asked, atMs: Date.now() });
    // What was said of another query is not said of this one.
    setLooking(idle);
    setNewer(null);
  }
  const countAgain = () => {
    setCounted((now) => ({ ...now, atMs: Date.now() }));
    for (const counts of [trpc.audit.histogram, trpc.audit.facets, trpc.audit.whyEmpty])
      void queries.invalidateQueries(counts.pathFilter());
  };

  // Reading again all pages that were scrolled through would be as many recorded acts; and what is shown gives way to what was
  // read only once it was.
  const refresh = async () => {
    if (query.data === undefined) return void (await query.refetch());
    await look(async () => {
      const at = Date.now();
      const asked = { ...listInput(search, at), limit: pageSize };
      const page = await firstPage(asked);
      const { queryKey } = optionsOf(asked);
      await queries.cancelQueries({ queryKey });
      queries.setQueryData(queryKey, { pages: [page], pageParams: [null] });
      setNewer(null);
      // Another start is another query, and its counts are asked for with it.
      if ("minutes" in ranges[range]) setAnchor((now) => (now.range === range ? { range, at } : now));
      else countAgain();
    });
  };

  const peek = () =>
    look(async () => {
      const page = await firstPage(input);
      const newestId = entries[0]?.id;
      const fresh = newestId === undefined ? page.entries : page.entries.filter((entry) => entry.id > newestId);
      setNewer(fresh.length > 0 ? { ...page, entries: fresh } : null);
    });

  const cancel = () => void queries.cancelQueries({ queryKey: options.queryKey });
  const isCancelled = query.isPending && query.fetchStatus === "idle";

  // Where to go back to when reading what was asked for next takes too long.
  const isSettled = query.isSuccess && !query.isPlaceholderData;
  const settled = useRef(search);
  useEffect(() => {
    if (isSettled) settled.current = search;
  }, [isSettled, search]);
  const giveUp = (): LogSearch => {
    cancel();
    return settled.current;
  };

  return {
    ...query,
    query: filter,
    entries,
    looking,
    refresh,
    peek,
    newer,
    countAgain,
    countedAtMs: counted.atMs,
    cancel,
    isCancelled,
    giveUp,
  };
};

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
