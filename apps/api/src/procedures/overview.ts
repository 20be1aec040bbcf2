import { codeCounts, severityDays } from "@countersign/db/event-days";
import { failedSignIns, newestRankings } from "@countersign/db/rankings";
import { z } from "zod";
import { byCategory, byNetwork, lastDays, worstOf } from "../domain/overview.ts";
import { router } from "../trpc/init.ts";
import { reading } from "../trpc/operation.ts";
import { viewing } from "./viewing.ts";

const shownDays = 35;
const recentDays = 7;
const signInDays = 28;
const span = { from: z.string(), to: z.string() };
const ranked = z.array(
  z.object({ type: z.string(), id: z.string(), label: z.string().nullable(), events: z.number() }),
);

/** One view of the log, whatever else was looked at in that minute. */
const glancing = (card: string) =>
  ({
    ...viewing,
    metadata: () => ({ filter: { overview: card } }),
    sameAs: () => ({ overview: card }),
    input: z.strictObject({}),
  }) as const;

/** The log at a glance. Figures come from the counts by day, rankings from the newest 10 000 rows. */
export const overview = router({
  days: reading({
    ...glancing("days"),
    rest: {
      method: "GET",
      path: "/api/audit/overview/days",
      summary: "Events of the last 35 days in UTC by day and severity, today included",
      output: z.object({
        ...span,
        days: z.array(
          z.object({
            day: z.string(),
            severity: z.string(),
            events: z.number(),
            notSuccess: z.number(),
            signInFailures: z.number(),
          }),
        ),
      }),
    },
    run: async ({ services }) => {
      const span = lastDays(services.now(), shownDays);
      return { ...span, days: await severityDays(services.readDb, span) };
    },
    answer: (found) => found,
  }),

  kinds: reading({
    ...glancing("kinds"),
    rest: {
      method: "GET",
      path: "/api/audit/overview/kinds",
      summary: "Events of the last 7 days in UTC by category, and what did not succeed by event type",
      output: z.object({
        ...span,
        categories: z.array(z.object({ category: z.string(), events: z.number() })),
        failures: z.array(
          z.object({ code: z.string(), name: z.string(), status: z.enum(["failed", "denied"]), events: z.number() }),
        ),
      }),
    },
    run: async ({ services }) => {
      const span = lastDays(services.now(), recentDays);
      const counts = await codeCounts(services.readDb, span);
      return { ...span, categories: byCategory(counts), failures: worstOf(counts, 8) };
    },
    answer: (found) => found,
  }),

  rankings: reading({
    ...glancing("rankings"),
    rest: {
      method: "GET",
      path: "/api/audit/overview/rankings",
      summary: "Busiest actors and objects of the newest 10 000 events",
      output: z.object({ rows: z.number(), since: z.string().nullable(), actors: ranked, objects: ranked }),
    },
    run: ({ services }) => newestRankings(services.readDb),
    answer: (found) => found,
  }),

  networks: reading({
    ...glancing("networks"),
    rest: {
      method: "GET",
      path: "/api/audit/overview/networks",
      summary: "Failed sign-ins of the last 28 days by network, of at most 10 000 sign-ins",
      output: z.object({
        networks: z.array(z.object({ network: z.string(), events: z.number(), last: z.string() })),
      }),
    },
    run: async ({ services }) => ({
      networks: byNetwork(await failedSignIns(services.readDb, services.now() - signInDays * 86_400_000), 8),
    }),
    answer: (found) => found,
  }),
});
