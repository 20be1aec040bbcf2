import type { Feature } from "@countersign/audit/features";
import type { DomainError } from "../domain/domain-error.ts";
import { callerOf, refusalOf, sessionOf } from "./access.ts";
import { actorOf, type Caller, type Context, sourceOf } from "./context.ts";
import { base } from "./init.ts";

/** The few calls that anybody may make. */
export const open = base.meta({ access: "public" });

/** What whoever signed in may do even before choosing the password that has to be chosen first. */
export const withAnyPassword = base
  .meta({ access: "signed-in" })
  .use(({ ctx, next }) => next({ ctx: { ...ctx, session: sessionOf(ctx) } }));

const recordDenial = (ctx: Context, caller: Caller, path: string, refusal: DomainError, feature?: Feature) =>
  ctx.services.keeper.keepAlone({
    code: "sys_access_denied",
    status: "denied",
    actor: actorOf(caller),
    ...sourceOf(caller),
    object: { type: "procedure", id: path, label: path },
    ...(feature && { metadata: { feature } }),
    errorCode: refusal.reason,
    errorMessage: refusal.message,
    request: ctx.request,
  });

/** One's own affairs: who signed in may do it, whatever the roles. Being refused is an event (`sys_access_denied`). */
export const signedIn = base
  .meta({ access: "signed-in", events: ["sys_access_denied"] })
  .use(async ({ ctx, path, next }) => {
    const caller = callerOf(ctx);
    const refusal = refusalOf(caller, "signed-in");
    if (refusal === null) return next({ ctx: { ...ctx, session: sessionOf(ctx) } });
    await recordDenial(ctx, caller, path, refusal);
    throw refusal;
  });

/** A query that has no event of its own; being refused is one (`sys_access_denied`). */
export const may = (feature: Feature) =>
  base.meta({ access: feature, events: ["sys_access_denied"] }).use(async ({ ctx, path, next }) => {
    const caller = callerOf(ctx);
    const refusal = refusalOf(caller, feature);
    if (refusal === null) return next({ ctx: { ...ctx, caller } });
    await recordDenial(ctx, caller, path, refusal, feature);
    throw refusal;
  });
