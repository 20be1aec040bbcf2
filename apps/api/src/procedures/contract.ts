import { customerEventCodes, eventType, isEventCode, statuses } from "@countersign/audit/catalogue";
import { z } from "zod";
import { cursor } from "../domain/event-query.ts";
import { text } from "../domain/fields.ts";
import type { LogEntry } from "../domain/log-entry.ts";
import type { Context } from "../trpc/context.ts";
import { router } from "../trpc/init.ts";
import { reading } from "../trpc/operation.ts";
import { open } from "../trpc/procedures.ts";
import { readPage, refuseUnknownUser } from "./audit.ts";
import { signIn } from "./auth.ts";
import { viewing } from "./viewing.ts";

/** The three addresses of the customer's contract, with its names and its exact keys. */

const event = z.strictObject({
  id: z.number().nullable(),
  code: z.string(),
  name: z.string(),
  category: z.string(),
  severity_level: z.string(),
  is_auditable: z.boolean(),
});
const row = z.strictObject({
  id: z.string(),
  event,
  user: z.string().nullable(),
  content_type: z.string().nullable(),
  object_id: z.string().nullable(),
  object_description: z.string().nullable(),
  changes: z.record(z.string(), z.unknown()).nullable(),
  status: z.enum(statuses),
  error_message: z.string().nullable(),
  ip_address: z.string().nullable(),
  request_method: z.string().nullable(),
  endpoint: z.string().nullable(),
  timestamp: z.string(),
  context: z
    .strictObject({
      notes: z.string().nullable(),
      user_agent: z.string().nullable(),
      request_id: z.string().nullable(),
      approval_id: z.string().nullable(),
      occurred_at: z.string(),
    })
    .optional(),
});
const output = z.strictObject({
  results: z.array(row),
  next: z.string().nullable(),
  next_cursor: z.string().nullable(),
});

type Row = z.output<typeof row>;

const objectDescription = ({ objectDescription, object }: LogEntry): string | null =>
  objectDescription ?? object?.label ?? null;

const toRow = (entry: LogEntry, auditable: (code: string) => boolean, withContext: boolean): Row => ({
  id: entry.id,
  event: {
    id: isEventCode(entry.code) ? eventType(entry.code).id : null,
    code: entry.code,
    name: entry.name,
    category: entry.category,
    severity_level: entry.severity,
    is_auditable: auditable(entry.code),
  },
  user: entry.actor.label,
  content_type: entry.object?.type ?? null,
  object_id: entry.object?.id ?? null,
  object_description: objectDescription(entry),
  changes: entry.changes,
  status: entry.status,
  error_message: entry.errorMessage,
  ip_address: entry.ip,
  request_method: entry.requestMethod,
  endpoint: entry.endpoint,
  timestamp: entry.receivedAt,
  ...(withContext && {
    context: {
      notes: entry.notes,
      user_agent: entry.userAgent,
      request_id: entry.requestId,
      approval_id: entry.approvalId,
      occurred_at: entry.occurredAt,
    },
  }),
});

/** A whole number in a query string: digits alone, no sign, no space, no leading zero. */
const digits = (least: number, most: number, otherwise?: number) => {
  const number = z
    .string()
    .regex(/^[1-9]\d{0,15}$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most, { params: { rule: "out_of_range" } });
  return otherwise === undefined ? number : number.default(otherwise);
};
const integer = (minimum: number, maximum: number) => ({ type: "integer", minimum, maximum });
const hints = { days: integer(1, 3660), limit: integer(1, 200), user_id: integer(1, Number.MAX_SAFE_INTEGER) };

const days = digits(1, 3660, 30);
const userId = digits(1, Number.MAX_SAFE_INTEGER);
const paging = { cursor, limit: digits(1, 200, 50), expand: z.literal("context").optional() };
type Paging = { cursor?: string | null | undefined; limit: number; expand?: "context" | undefined };

const dayMs = 86_400_000;

const pageOf = async (
  ctx: Context,
  filter: Parameters<typeof readPage>[1],
  paging: Paging,
): Promise<z.output<typeof output>> => {
  const { entries, nextCursor } = await readPage(ctx, filter, paging);
  const auditable = (code: string): boolean => isEventCode(code) && ctx.services.eventTypes.settingsOf(code).enabled;
  return {
    results: entries.map((entry) => toRow(entry, auditable, paging.expand === "context")),
    next: nextCursor === null ? null : withCursor(ctx.url(), nextCursor),
    next_cursor: nextCursor,
  };
};

const withCursor = (address: string, cursor: string): string => {
  const url = new URL(address);
  url.searchParams.set("cursor", cursor);
  return url.href;
};

export const contract = router({
  logs: reading({
    ...viewing,
    rest: { method: "GET", path: "/api/audit/logs/", summary: "The audit log, newest first", output, hints },
    input: z.strictObject({
      days,
      event_code: z
        .enum(customerEventCodes as unknown as [string, ...string[]])
        .or(z.string().refine(isEventCode))
        .optional(),
      user_id: userId.optional(),
      status: z.enum(statuses).optional(),
      ...paging,
    }),
    run: (ctx, { days, event_code, user_id, status, ...where }) =>
      pageOf(
        ctx,
        {
          fromMs: ctx.services.now() - days * dayMs,
          codes: event_code === undefined ? undefined : [event_code],
          statuses: status === undefined ? undefined : [status],
          ...(user_id !== undefined && { actorType: "user", actorId: String(user_id) }),
        },
        where,
      ),
    answer: (page) => page,
  }),

  userActivity: reading({
    ...viewing,
    rest: {
      method: "GET",
      path: "/api/audit/user/{user_id}/",
      summary: "What one user did, newest first",
      output,
      hints,
    },
    input: z.strictObject({ user_id: userId, days, ...paging }),
    run: async (ctx, { user_id, days, ...where }) => {
      await refuseUnknownUser(ctx, user_id);
      return pageOf(
        ctx,
        { actorType: "user", actorId: String(user_id), fromMs: ctx.services.now() - days * dayMs },
        where,
      );
    },
    answer: (page) => page,
  }),

  objectHistory: reading({
    ...viewing,
    rest: {
      method: "GET",
      path: "/api/audit/history/",
      summary: "What happened to one object, newest first",
      output,
      hints,
    },
    input: z.strictObject({ content_type: text(64), object_id: text(256), ...paging }),
    run: (ctx, { content_type, object_id, ...where }) =>
      pageOf(ctx, { objectType: content_type, objectId: object_id }, where),
    answer: (page) => page,
  }),

  login: open
    .meta({
      events: ["user_login"],
      rest: {
        method: "POST",
        path: "/api/auth/login",
        summary: "Sign in; the session comes as a cookie",
        output: z.strictObject({ user: z.looseObject({ id: z.number(), username: z.string(), name: z.string() }) }),
      },
    })
    .input(z.strictObject({ username: z.string().min(1).max(256), password: z.string().min(1).max(1024) }))
    .mutation(({ ctx, input }) => signIn(ctx, input)),
});
