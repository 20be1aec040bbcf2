import { categories, eventType, isEventCode } from "@countersign/audit/catalogue";
import type { CodeCount, DaySpan } from "@countersign/db/event-days";
import type { FailedSignIn } from "@countersign/db/rankings";
import { networkOf } from "../http/client-ip.ts";

const dayMs = 86_400_000;

/** The last `count` days in UTC, today included. */
export const lastDays = (now: number, count: number): DaySpan => ({
  from: new Date(now - (count - 1) * dayMs).toISOString().slice(0, 10),
  to: new Date(now).toISOString().slice(0, 10),
});

/** Counts by category, the busiest first; categories without events are absent. */
export const byCategory = (counts: readonly CodeCount[]): { category: string; events: number }[] => {
  const sums = new Map<string, number>();
  for (const { code, events } of counts) {
    const category = isEventCode(code) ? eventType(code).category : "";
    if (Object.hasOwn(categories, category)) sums.set(category, (sums.get(category) ?? 0) + events);
  }
  return [...sums]
    .map(([category, events]) => ({ category, events }))
    .sort((one, other) => other.events - one.events || one.category.localeCompare(other.category));
};

type Failure = { code: string; name: string; status: "failed" | "denied"; events: number };

/** What did not succeed, by event type and outcome, the most frequent first. */
export const worstOf = (counts: readonly CodeCount[], most: number): Failure[] =>
  counts
    .flatMap(({ code, status, events }): Failure[] => {
      if (status !== "failed" && status !== "denied") return [];
      return [{ code, status, events, name: isEventCode(code) ? eventType(code).name : code }];
    })
    .slice(0, most);

/** Failed sign-ins by the network that a limit counts as one, the most failures first. */
export const byNetwork = (failures: readonly FailedSignIn[], most: number) => {
  const networks = new Map<string, { network: string; events: number; last: string }>();
  for (const { ip, events, last } of failures) {
    const network = networkOf(ip);
    const before = networks.get(network);
    networks.set(network, {
      network,
      events: events + (before?.events ?? 0),
      last: before !== undefined && before.last > last ? before.last : last,
    });
  }
  return [...networks.values()].sort((one, other) => other.events - one.events).slice(0, most);
};
