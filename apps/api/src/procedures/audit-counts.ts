import { facetFields } from "@countersign/db/facets";
import { z } from "zod";
import { explainEmptiness } from "../domain/emptiness.ts";
import { eventQueryWith, toFilter } from "../domain/event-query.ts";
import { countApart, countTogether } from "../domain/facet-counts.ts";
import { text } from "../domain/fields.ts";
import { readHistogramWithGaps } from "../domain/histogram.ts";
import { reading } from "../trpc/operation.ts";
import { tooBroad, viewing } from "./viewing.ts";

const facets = z.object({
  facets: z.array(
    z.object({
      field: z.enum(facetFields),
      values: z.array(z.object({ value: z.string(), label: z.string().nullable(), count: z.number() })),
      others: z.number(),
      /** Of how many events; null where counting took too long. */
      counted: z.number().nullable(),
    }),
  ),
  counted: z.number(),
  isCapped: z.boolean(),
});

const histogram = z.object({
  bars: z.array(z.object({ from: z.string(), to: z.string(), counts: z.record(z.string(), z.number()) })),
  stepMs: z.number(),
  basis: z.enum(["days", "events"]),
  countedFrom: z.string().nullable(),
  removed: z.array(z.object({ month: z.string(), runId: z.number() })),
});

const emptiness = z.object({
  newest: z.string().nullable(),
  without: z.array(z.object({ part: z.string(), count: z.number().nullable() })),
  off: z.array(z.object({ code: z.string(), since: z.string(), by: z.string().nullable() })),
  removed: z
    .object({
      runId: z.number(),
      count: z.number(),
      first: z.string(),
      last: z.string(),
      at: z.string(),
      isAll: z.boolean(),
    })
    .nullable(),
});

/** Counts beside the rows of the log; part of `audit`. They are views of the log like any other, and recorded as one with the rows. */
export const auditCounts = {
  facets: reading({
    ...viewing,
    rest: {
      method: "GET",
      path: "/api/audit/facets",
      summary: "The values of fields among the newest 10 000 events that match, most frequent first",
      output: facets,
    },
    input: eventQueryWith({
      fields: z.array(z.enum(facetFields)).min(1).max(facetFields.length),
      /** Only values whose name or label contains this. */
      find: text(100).optional(),
      /** Values of each field at most. */
      most: z.number().int().min(1).max(100).default(10),
      /** Counts the values of each field as if the query chose none of them. */
      apart: z.boolean().default(false),
    }),
    run: ({ services }, { fields, find, most, apart, ...query }) =>
      (apart ? countApart : countTogether)(services.readDb, toFilter(query, services.now()), [...new Set(fields)], {
        most,
        find,
      }).catch(tooBroad),
    answer: (found) => found,
  }),

  histogram: reading({
    ...viewing,
    rest: {
      method: "GET",
      path: "/api/audit/histogram",
      summary: "How many events match over time, by severity, in at most 60 bars",
      output: histogram,
    },
    input: eventQueryWith({}),
    run: ({ services }, query) =>
      readHistogramWithGaps(services.readDb, toFilter(query, services.now()), services.now()).catch(tooBroad),
    answer: (found) => found,
  }),

  whyEmpty: reading({
    ...viewing,
    rest: {
      method: "GET",
      path: "/api/audit/why-empty",
      summary: "Why a query finds nothing: the range, one of its parts, or a type that is switched off",
      output: emptiness,
    },
    input: eventQueryWith({}),
    run: ({ services }, query) =>
      explainEmptiness(
        services.readDb,
        toFilter(query, services.now()),
        (code) => services.eventTypes.settingsOf(code).enabled,
        services.now(),
      ),
    answer: (found) => found,
  }),
};
