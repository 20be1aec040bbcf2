import { useEffect, useEffectEvent, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { failureOf, type LogEntry } from "../../api.ts";
import { checkReach } from "../../reach.ts";
import { endSession, useSessionOver } from "../../session.ts";
import type { useEventLog } from "./event-log.ts";
import { type LogState, openLine } from "./live-client.ts";
import { type Held, holdBack, noneHeld, unread, withLive } from "./live-entries.ts";
import { isPast, liveInput } from "./live-input.ts";
import { keepFollowing, type Line, type LiveNews } from "./live-line.ts";
import type { LogSearch } from "./log-search.ts";

/** Rows that may come before the list is read anew instead of growing on. */
const mostRows = 1_000;
const nothing: LogEntry[] = [];

type Rows = { key: string; shown: LogEntry[]; held: Held };
export type Pause = "scroll" | "selection" | null;

/**
 * The log with what is new in it while the address says `live`: put at the top at once, or held back while the reader is further
 * down or selects something. A hidden tab lets go of its line and goes on where it was when it is looked at again.
 */
export const useLiveLog = (
  search: LogSearch,
  read: ReturnType<typeof useEventLog>,
  isAtTop: boolean,
  isPicking: boolean,
) => {
  const isHidden = useDocument("visibilitychange", () => document.visibilityState === "hidden");
  const isSelecting = useDocument("selectionchange", () => document.getSelection()?.isCollapsed === false);
  const isSessionOver = useSessionOver();
  const key = JSON.stringify(liveInput(search));
  const isOn = search.live !== undefined && !isPast(search, Date.now());
  const pause: Pause = !isAtTop ? "scroll" : isSelecting || isPicking ? "selection" : null;

  const [line, setLine] = useState<Line>({ kind: "off" });
  const [told, setTold] = useState<{ state: LogState; atMs: number } | null>(null);
  const [rows, setRows] = useState<Rows>({ key, shown: nothing, held: noneHeld });
  const [arrived, setArrived] = useState(0);
  /** The list lacks what cannot be told one by one; it is read again when the reader is at its top. */
  const [isStale, setStale] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const place = useRef<{ key: string; text: string } | null>(null);
  if (rows.key !== key) setRows({ key, shown: nothing, held: noneHeld });
  if (pause === null && rows.held.count > 0)
    setRows({ key, shown: [...rows.held.entries, ...rows.shown], held: noneHeld });

  const onNews = useEffectEvent((news: LiveNews, next: string, isNew: boolean) => {
    place.current = { key, text: next };
    setTold({ state: news.state, atMs: Date.now() });
    const came = news.entries.toReversed();
    if (came.length > 0) {
      setRows((now) =>
        pause === null
          ? { ...now, shown: [...came, ...now.shown] }
          : { ...now, held: holdBack(now.held, came, mostRows) },
      );
      setArrived((n) => n + came.length);
    }
    // The list may have been read before the line stood; what came in between is in neither.
    const before = pause === null ? rows.shown.length : rows.held.count;
    if (isNew || news.isBehind || before + came.length > mostRows) setStale(true);
  });
  const onLine = useEffectEvent((next: Line) => {
    setLine(next);
    if (next.kind === "lost") void checkReach();
    if (next.kind === "refused" && failureOf(next.error).reason === "unauthenticated") endSession();
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt opens the line again
  useEffect(() => {
    if (!isOn || isHidden || isSessionOver) return;
    const from = place.current?.key === key ? place.current.text : null;
    let isNew = from === null;
    const stop = keepFollowing(openLine(JSON.parse(key)), {
      place: from,
      onNews: (news, next) => {
        onNews(news, next, isNew);
        isNew = false;
      },
      onLine: (next) => onLine(next),
    });
    return stop;
  }, [key, isOn, isHidden, isSessionOver, attempt]);
  useEffect(() => {
    if (isOn) return;
    place.current = null;
    setLine({ kind: "off" });
  }, [isOn]);

  const readAgain = useEffectEvent(() => {
    setStale(false);
    void read.refresh();
  });
  useEffect(() => {
    if (isStale && pause === null) readAgain();
  }, [isStale, pause]);
  const forget = useEffectEvent(() =>
    setRows((now) => ({ ...now, shown: unread(read.entries, now.shown, read.hasNextPage) })),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever something was read
  useEffect(() => forget(), [read.dataUpdatedAt]);

  const entries = useMemo(
    () => withLive(read.entries, rows.shown, read.hasNextPage),
    [read.entries, rows.shown, read.hasNextPage],
  );
  return {
    isOn,
    line,
    pause,
    told,
    entries,
    arrived,
    /** Rows held back, and whether there are more of them than are known. */
    held: { count: rows.held.count, hasMore: isStale },
    retry: () => setAttempt((n) => n + 1),
  };
};

export type LiveLog = ReturnType<typeof useLiveLog>;

const useDocument = (event: string, snapshot: () => boolean): boolean =>
  useSyncExternalStore((listener) => {
    document.addEventListener(event, listener);
    return () => document.removeEventListener(event, listener);
  }, snapshot);
