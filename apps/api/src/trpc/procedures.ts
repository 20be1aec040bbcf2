import type { Feature } from "@countersign/audit/features";
import { DomainError } from "../domain/domain-error.ts";
import { actorOf, type Context, type Session } from "./context.ts";
import { base } from "./init.ts";

export const sessionOf = (ctx: Context): Session => {
  if (ctx.session === null) throw new DomainError("unauthenticated", "unauthenticated", "Sign in first.");
  return ctx.session;
};

export const forbidden = (feature: Feature): DomainError =>
  new DomainError("forbidden", "forbidden", `This needs the feature ${feature}, which none of your roles has.`);

/** The few calls that anybody may make. */
export const open = base.meta({ access: "public" });

/** One's own affairs: who signed in may do it, whatever the roles. */
export const signedIn = base
  .meta({ access: "signed-in" })
  .use(({ ctx, next }) => next({ ctx: { ...ctx, session: sessionOf(ctx) } }));

/** A query that has no event of its own; being refused is one (`sys_access_denied`). */
export const may = (feature: Feature) =>
  base.meta({ access: feature, events: ["sys_access_denied"] }).use(async ({ ctx, path, next }) => {
    const session = sessionOf(ctx);
    if (!session.features.has(feature)) {
      await ctx.services.keeper.keepAlone({
        code: "sys_access_denied",
        status: "denied",
        actor: actorOf(session),
        source: "app",
        object: { type: "procedure", id: path, label: path },
        errorCode: "forbidden",
        errorMessage: forbidden(feature).message,
        request: ctx.request,
      });
      throw forbidden(feature);
    }
    return next({ ctx: { ...ctx, session } });
  });
