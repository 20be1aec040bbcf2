import type { EventCode, ObjectTypeOf, Status, TargetTypeOf } from "@countersign/audit/catalogue";
import type { EventDraft, Reference } from "@countersign/audit/event";
import type { JsonObject } from "@countersign/audit/json";
import type { z } from "zod";
import type { RestRoute } from "../http/rest-route.ts";
import { type Access, callerOf, refusalOf } from "./access.ts";
import { actorOf, type Caller, type Context, sourceOf } from "./context.ts";
import { asDomainError } from "./errors.ts";

export type Called = Context & { caller: Caller };

/** What is said about an act in its event. Everything is made from the input, and from the outcome where there is one. */
export type Telling<Code extends EventCode, Input, Outcome> = {
  /** Needed by the caller, besides being signed in. */
  feature: Access;
  /** Also for whoever has to choose a password first. */
  withAnyPassword?: true;
  /** Emitted in all three outcomes; of several `choose` names the one that happened, and the first stands for refusals. */
  event: Code | readonly [Code, ...Code[]];
  choose?: (outcome: Outcome) => Code;
  object: (input: Input, outcome: Outcome | null, caller: Caller) => Reference<ObjectTypeOf<Code>> | undefined;
  /** The object's name, for events of acts that did not happen. */
  name?: (ctx: Context, object: Reference) => Promise<string | undefined>;
  target?: (input: Input, outcome: Outcome | null) => Reference<TargetTypeOf<Code>> | undefined;
  notes?: (input: Input) => string | undefined;
  metadata?: (input: Input, outcome: Outcome | null) => JsonObject | undefined;
  /** Of the log's own events that happened: what must be provable without the details. */
  facts?: (outcome: Outcome) => JsonObject;
  /** The request for approval that the act is about. */
  approvalId?: (input: Input) => string;
  /** What only the database knows of an act that did not happen. */
  about?: (ctx: Context, input: Input) => Promise<Partial<EventDraft<Code>> | undefined>;
  /** Its plain HTTP address, where it has one. */
  rest?: RestRoute;
  /** The same of what takes or gives bytes. */
  path?: RestRoute["path"];
};

export const codesOf = <Code>(event: Code | readonly [Code, ...Code[]]): readonly [Code, ...Code[]] =>
  Array.isArray(event) ? (event as unknown as readonly [Code, ...Code[]]) : [event as Code];

export const metaOf = (act: {
  feature: Access;
  event: EventCode | readonly [EventCode, ...EventCode[]];
  further?: readonly EventCode[];
  rest?: RestRoute;
}) => ({
  access: act.feature,
  events: [...codesOf(act.event), ...(act.further ?? [])],
  ...(act.rest !== undefined && { rest: act.rest }),
});

export const draftOf = <Code extends EventCode, Input, Outcome extends object>(
  telling: Telling<Code, Input, Outcome>,
  ctx: Called,
  input: Input | undefined,
  outcome: Outcome | null,
  status: Status,
): EventDraft<Code> => ({
  code: (outcome !== null && telling.choose?.(outcome)) || codesOf(telling.event)[0],
  status,
  actor: actorOf(ctx.caller),
  ...sourceOf(ctx.caller),
  request: ctx.request,
  ...(outcome !== null && telling.facts !== undefined && { facts: telling.facts(outcome) }),
  ...(input !== undefined && {
    object: telling.object(input, outcome, ctx.caller),
    target: telling.target?.(input, outcome),
    notes: telling.notes?.(input),
    metadata: telling.metadata?.(input, outcome),
    approvalId: telling.approvalId?.(input),
  }),
});

/**
 * Records an act that did not happen: denied when it was not allowed, failed when it was. If even that cannot be kept, the
 * caller hears of it instead.
 */
const recordRefusal = async <Code extends EventCode, Input, Outcome extends object>(
  telling: Telling<Code, Input, Outcome>,
  ctx: Called,
  input: Input | undefined,
  error: unknown,
): Promise<void> => {
  const domain = asDomainError(error);
  if (domain?.kind === "unavailable") return;
  const draft = draftOf(telling, ctx, input, null, domain?.kind === "forbidden" ? "denied" : "failed");
  if (input !== undefined) Object.assign(draft, await telling.about?.(ctx, input).catch(() => undefined));
  if (draft.object !== undefined && draft.object.label === undefined) {
    draft.object.label = await telling.name?.(ctx, draft.object).catch(() => undefined);
  }
  draft.errorCode = domain?.reason ?? "internal";
  draft.errorMessage = domain?.message ?? "Something went wrong on our side.";
  if (domain?.details.fields !== undefined)
    draft.metadata = { ...draft.metadata, fields: domain.details.fields.map((field) => ({ ...field })) };
  await ctx.services.keeper.keepAlone(draft);
};

/** Does the work of an act; when it throws, that the act did not happen is recorded before the caller hears of it. */
export const recordingRefusal = async <Code extends EventCode, Input, Outcome extends object, Result>(
  telling: Telling<Code, Input, Outcome>,
  ctx: Called,
  input: Input,
  work: () => Promise<Result>,
): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    await recordRefusal(telling, ctx, input, error);
    throw error;
  }
};

/** The address in general instead of the one that was asked for, in which a value stands that is not to be kept. */
const withoutValues = (ctx: Called, path: string | undefined): Called =>
  path === undefined || !ctx.request.endpoint?.startsWith("/api/")
    ? ctx
    : { ...ctx, request: { ...ctx.request, endpoint: path } };

/** Refuses who is not signed in, records and refuses who may not, and records input that is not valid. */
export const guard = async <Code extends EventCode, Schema extends z.ZodType, Outcome extends object>(
  telling: Telling<Code, z.output<Schema>, Outcome>,
  schema: Schema,
  ctx: Context,
  rawInput: unknown,
): Promise<{ ctx: Called; input: z.output<Schema> }> => {
  const called: Called = { ...ctx, caller: callerOf(ctx) };
  const parsed = schema.safeParse(rawInput);
  const refusal = refusalOf(called.caller, telling.feature, telling.withAnyPassword) ?? parsed.error;
  if (refusal !== undefined) {
    const told = parsed.success ? called : withoutValues(called, telling.rest?.path ?? telling.path);
    await recordRefusal(telling, told, parsed.data, refusal);
    throw refusal;
  }
  return { ctx: called, input: parsed.data as z.output<Schema> };
};
