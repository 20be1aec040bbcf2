import type { EventDraft } from "@countersign/audit/draft";
import { inTransaction } from "@countersign/db/transaction";
import { findAccount } from "@countersign/db/users";
import { z } from "zod";
import { DomainError } from "../domain/domain-error.ts";
import { networkOf } from "../http/client-ip.ts";
import { keepRead } from "../keeping/reads.ts";
import { actorOf, type Context, nobody, type Session } from "../trpc/context.ts";
import { router } from "../trpc/init.ts";
import { open, signedIn } from "../trpc/procedures.ts";

const me = ({ userId, username, name, roles, features, mustChangePassword }: Session) => ({
  id: userId,
  username,
  name,
  roles: [...roles],
  features: [...features],
  mustChangePassword,
});

const signInFailed = () => new DomainError("unauthenticated", "sign_in_failed", "The name or the password is wrong.");
const tooManyAttempts = (retryAfterS: number) =>
  new DomainError(
    "too-many",
    "too_many_attempts",
    `Too many failed tries. Wait ${retryAfterS} s before the next one.`,
    { retryAfterS },
  );
const busy = () =>
  new DomainError(
    "unavailable",
    "unavailable",
    "Too many people are signing in at this moment. Try again in a moment.",
    { retryAfterS: 2 },
  );

/** A name that is no user's is often a password in the wrong field, so it is not kept. */
const failedDraft = (
  ctx: Context,
  user: { id: number; username: string; name: string } | undefined,
  error: DomainError,
): EventDraft<"user_login"> => ({
  code: "user_login",
  status: "failed",
  actor: nobody,
  source: "app",
  object: user === undefined ? undefined : { type: "user", id: String(user.id), label: user.name },
  objectDescription: `Username: ${user?.username ?? "(unknown)"}`,
  errorCode: error.reason,
  errorMessage: error.message,
  request: ctx.request,
});

const credentials = z.strictObject({ username: z.string().min(1).max(256), password: z.string().min(1).max(1024) });

/** Opens a session and keeps its event in one transaction; every refusal is an event, too. */
export const signIn = async (ctx: Context, { username, password }: z.output<typeof credentials>) => {
  const { accounts, db, keeper } = ctx.services;
  const check = await accounts.checkSignIn(username, password, ctx.request.ip);
  if (check.outcome === "busy") throw busy();
  if (check.outcome === "limited") {
    const error = tooManyAttempts(check.retryAfterS);
    await keepRead(
      ctx.services,
      failedDraft(ctx, undefined, error),
      { limit: check.limit, network: ctx.request.ip === undefined ? "" : networkOf(ctx.request.ip) },
      60,
    );
    throw error;
  }
  if (check.outcome === "wrong") {
    await keeper.keepAlone(failedDraft(ctx, check.user, signInFailed()));
    throw signInFailed();
  }
  const { session, kept, opened } = await inTransaction(db, async (tx) => {
    const account = await findAccount(tx, check.user.id);
    if (account === undefined) throw signInFailed();
    const opened = await accounts.sessions.create(tx, {
      userId: account.id,
      ip: ctx.request.ip,
      userAgent: ctx.request.userAgent,
    });
    const session: Session = {
      ...account,
      id: 0,
      userId: account.id,
      features: new Set(account.features),
      expiresAt: opened.expiresAt,
    };
    const actor = actorOf(session);
    const object = { type: "user", id: String(account.id), label: account.name } as const;
    const kept = keeper.keepWith(tx, {
      code: "user_login",
      status: "success",
      actor,
      source: "app",
      object,
      request: ctx.request,
    });
    return { session, kept, opened };
  });
  keeper.announce(kept);
  ctx.cookie.set(opened.token, opened.absoluteSeconds);
  return { user: me(session) };
};

export const auth = router({
  signIn: open
    .meta({ events: ["user_login"] })
    .input(credentials)
    .mutation(({ ctx, input }) => signIn(ctx, input)),

  signOut: signedIn.meta({ events: ["user_logout"] }).mutation(async ({ ctx }) => {
    const { accounts, db, keeper } = ctx.services;
    const { session, cookie, request } = ctx;
    const object = { type: "user", id: String(session.userId), label: session.name } as const;
    const kept = await inTransaction(db, async (tx) => {
      const ended = cookie.token !== undefined && (await accounts.sessions.end(tx, cookie.token));
      return ended
        ? keeper.keepWith(tx, {
            code: "user_logout",
            status: "success",
            actor: actorOf(session),
            source: "app",
            object,
            request,
          })
        : null;
    });
    accounts.sessions.forget();
    keeper.announce(kept);
    cookie.clear();
    return { ok: true as const };
  }),

  me: signedIn.query(({ ctx: { session, services } }) => ({
    user: me(session),
    session: { idleMinutes: services.settings.sessionIdleMinutes, expiresAt: session.expiresAt },
  })),
});
