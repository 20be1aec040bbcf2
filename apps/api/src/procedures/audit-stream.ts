import { type EventFormatName, eventFormatNames, eventFormats } from "@countersign/audit/formats/index";
import { type LogPlace, logEnd } from "@countersign/db/log-places";
import { z } from "zod";
import { eventQueryWith, toFilter } from "../domain/event-query.ts";
import { download } from "../http/raw-route.ts";
import { eventLines, type Lines, notInLog } from "../live/event-lines.ts";
import { placeOf } from "../live/follow-log.ts";
import { filterOf } from "./viewing.ts";

const ndjson = "application/x-ndjson; charset=utf-8";

const input = eventQueryWith({
  format: z.enum(eventFormatNames as [EventFormatName, ...EventFormatName[]]),
  /** The cursor of the last line that was read; `1-0` is before the first event. Without it the next event is the first. */
  after: z
    .string()
    .refine((text) => placeOf(text) !== null, { params: { rule: "place" } })
    .optional(),
});

const isAfter = (left: LogPlace, right: LogPlace): boolean =>
  left.epoch > right.epoch || (left.epoch === right.epoch && left.index > right.index);

/** The events themselves as they come into the log, for whoever would rather fetch than be called. */
export const auditStream = download({
  path: "/api/audit/stream",
  summary: "The log as it grows, an event a line, from a cursor on; that it leaves is recorded",
  gives: [ndjson],
  feature: "audit.export",
  event: "audit_export_logs",
  input,
  run: async (ctx, { format, after, ...query }): Promise<Lines & { count: Promise<number> }> => {
    const { readDb, live, now } = ctx.services;
    const end = await logEnd(readDb);
    const from = placeOf(after ?? "") ?? end;
    if (isAfter(from, end)) throw notInLog();
    const follower = live.join(ctx.caller, undefined, "audit.export");
    const sender = { origin: new URL(ctx.url()).origin };
    let onEnd: (lines: number) => void = () => undefined;
    const count = new Promise<number>((resolve) => {
      onEnd = resolve;
    });
    return { db: readDb, follower, filter: toFilter(query, now()), format, sender, from, onEnd, count };
  },
  object: () => ({ type: "audit_log", id: "log", label: "audit log" }),
  metadata: ({ format, after, ...query }) => ({
    act: "opened a stream",
    format: eventFormats[format].name,
    filter: filterOf(query),
    ...(after !== undefined && { after }),
  }),
  send: (lines) => ({
    body: eventLines(lines),
    headers: { "content-type": ndjson, "x-accel-buffering": "no" },
  }),
  over: async ({ count }) => ({ act: "ended a stream", count: await count }),
  abandon: async ({ follower }) => follower.leave(),
});
