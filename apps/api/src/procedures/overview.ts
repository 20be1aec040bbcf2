import type { Category } from "@countersign/audit/catalogue";
import type { EventFilter } from "@countersign/audit/event-filter";
import { codeCounts, severityDays } from "@countersign/db/event-days";
import { listEvents } from "@countersign/db/events";
import { failedSignIns, newestRankings } from "@countersign/db/rankings";
import { z } from "zod";
import { logPageAnswer } from "../domain/log-answers.ts";
import { pageOf } from "../domain/log-page.ts";
import { byCategory, byNetwork, lastDays, worstOf } from "../domain/overview.ts";
import { router } from "../trpc/init.ts";
import { reading } from "../trpc/operation.ts";
import { viewing } from "./viewing.ts";

const shownDays = 35;
const recentDays = 7;
const latestDays = 28;
const span = { from: z.string(), to: z.string() };
const ranked = z.array(
  z.object({ type: z.string(), id: z.string(), label: z.string().nullable(), events: z.number() }),
);

/** All cards of one look at the overview are one view of the log. */
const glance = { overview: true } as const;
const glancing = {
  ...viewing,
  metadata: () => ({ filter: glance }),
  sameAs: () => glance,
  input: z.strictObject({}),
} as const;

/** What people and services do, without their looks at the log and the platform's own events. */
const actCategories = ["permit", "document", "user", "role", "system", "report"] as const satisfies readonly Category[];

/** The log at a glance. Figures come from the counts by day, rankings from the newest 10 000 rows. */
export const overview = router({
  days: reading({
    ...glancing,
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
    ...glancing,
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
    ...glancing,
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
    ...glancing,
    rest: {
      method: "GET",
      path: "/api/audit/overview/networks",
      summary: "Failed sign-ins of the last 28 days by network, of at most 10 000 sign-ins",
      output: z.object({
        since: z.string(),
        networks: z.array(z.object({ network: z.string(), events: z.number(), last: z.string() })),
      }),
    },
    run: async ({ services }) => {
      const sinceMs = services.now() - latestDays * 86_400_000;
      const networks = byNetwork(await failedSignIns(services.readDb, sinceMs), 8);
      return { since: new Date(sinceMs).toISOString(), networks };
    },
    answer: (found) => found,
  }),

  latest: reading({
    ...glancing,
    rest: {
      method: "GET",
      path: "/api/audit/overview/latest",
      summary: "The newest critical events and the newest acts of the last 28 days",
      output: z.object({
        since: z.string(),
        criticals: logPageAnswer.shape.entries,
        acts: logPageAnswer.shape.entries,
      }),
    },
    run: async ({ services }) => {
      const fromMs = services.now() - latestDays * 86_400_000;
      const newest = async (filter: EventFilter, limit: number) =>
        (await pageOf(services.readDb, await listEvents(services.readDb, { ...filter, fromMs }, null, limit), limit))
          .entries;
      const [criticals, acts] = await Promise.all([
        newest({ severities: ["critical"] }, 5),
        newest({ categories: actCategories }, 8),
      ]);
      return { since: new Date(fromMs).toISOString(), criticals, acts };
    },
    answer: (found) => found,
  }),
});
