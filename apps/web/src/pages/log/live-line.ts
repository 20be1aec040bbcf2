import { failureOf, type LogEntry } from "../../api.ts";
import type { LogState } from "./live-client.ts";

export type LiveNews = { entries: LogEntry[]; isBehind: boolean; isAtEnd: boolean; state: LogState };

/** How the line to the server stands. */
export type Line =
  | { kind: "off" | "connecting" | "catching-up" | "live" }
  | { kind: "lost"; sinceMs: number }
  | { kind: "refused"; error: unknown };

/** Opens the stream after a place, or from now on, and answers how to close it. `onOver(null)`: the server ended it in good order. */
export type OpenLine = (
  place: string | null,
  on: { onNews: (place: string, news: LiveNews) => void; onLost: () => void; onOver: (error: unknown) => void },
) => () => void;

type Following = {
  /** Where to go on; null begins now. */
  place: string | null;
  onNews: (news: LiveNews, place: string) => void;
  onLine: (line: Line) => void;
};

const waitsMs = [500, 1_000, 2_000, 5_000, 10_000];
/** What another try may mend; everything else is an answer. */
const passing = new Set(["unreachable", "unavailable", "internal", "capacity"]);

/** Keeps a line open until it is told to stop: whenever it breaks it is opened again where it was. */
export const keepFollowing = (open: OpenLine, { place: from, onNews, onLine }: Following): (() => void) => {
  let place = from;
  let tries = 0;
  let lostMs: number | null = null;
  let close: () => void = () => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const lose = () => {
    lostMs ??= Date.now();
    onLine({ kind: "lost", sinceMs: lostMs });
  };
  const connect = () => {
    close = open(place, {
      onNews: (next, news) => {
        place = next;
        tries = 0;
        lostMs = null;
        onNews(news, next);
        onLine({ kind: news.isAtEnd ? "live" : "catching-up" });
      },
      onLost: lose,
      onOver: (error) => {
        if (error !== null && !passing.has(failureOf(error).reason)) return onLine({ kind: "refused", error });
        if (error !== null) lose();
        timer = setTimeout(connect, waitsMs[Math.min(tries, waitsMs.length - 1)]);
        tries += 1;
      },
    });
  };
  onLine({ kind: "connecting" });
  connect();
  return () => {
    clearTimeout(timer);
    close();
  };
};
