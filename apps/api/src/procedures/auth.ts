import type { EventDraft } from "@countersign/audit/draft";
import type { Actor } from "@countersign/audit/event";
import { inTransaction } from "@countersign/db/transaction";
import { holdAccount, type SignInUser } from "@countersign/db/users";
import { z } from "zod";
import { done } from "../domain/answers.ts";
import { DomainError } from "../domain/domain-error.ts";
import { noInput } from "../domain/fields.ts";
import { changeOwnPassword, checkNewPassword } from "../domain/passwords.ts";
import { networkOf } from "../http/client-ip.ts";
import { keepRead } from "../keeping/reads.ts";
import { unauthenticated } from "../trpc/access.ts";
import { actorOf, type Context, nobody, type Session } from "../trpc/context.ts";
import { router } from "../trpc/init.ts";
import { operation } from "../trpc/operation.ts";
import { open, withAnyPassword } from "../trpc/procedures.ts";

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
  user: SignInUser | undefined,
  error: DomainError,
  actor: Actor,
): EventDraft<"user_login"> => ({
  code: "user_login",
  status: "failed",
  actor,
  source: "app",
  object: user === undefined ? undefined : { type: "user", id: String(user.id), label: user.name },
  objectDescription: `Username: ${user?.username ?? "(unknown)"}`,
  errorCode: error.reason,
  errorMessage: error.message,
  request: ctx.request,
});

const ownRef = ({ userId, name }: Session) => ({ type: "user", id: String(userId), label: name }) as const;

const refuseSignIn = async (ctx: Context, user: SignInUser | undefined, actor: Actor): Promise<never> => {
  await ctx.services.keeper.keepAlone(failedDraft(ctx, user, signInFailed(), actor));
  throw signInFailed();
};

/** Whose name and password these are; everything else is refused and recorded, as done by `actor`. */
const checkCredentials = async (
  ctx: Context,
  { username, password }: z.output<typeof credentials>,
  actor: Actor = nobody,
) => {
  const { accounts } = ctx.services;
  const check = await accounts.checkSignIn(username, password, ctx.request.ip);
  if (check.outcome === "right") return check.user;
  if (check.outcome === "busy") throw busy();
  if (check.outcome === "wrong") return refuseSignIn(ctx, check.user, actor);
  const error = tooManyAttempts(check.retryAfterS);
  await keepRead(
    ctx.services,
    failedDraft(ctx, undefined, error, actor),
    { limit: check.limit, network: ctx.request.ip === undefined ? "" : networkOf(ctx.request.ip) },
    60,
  );
  throw error;
};

const secret = z.string().min(1).max(1024);
const credentials = z.strictObject({ username: z.string().min(1).max(256), password: secret });

/** Opens a session and keeps its event in one transaction; every refusal is an event, too. */
export const signIn = async (ctx: Context, given: z.output<typeof credentials>) => {
  const { accounts, db, keeper } = ctx.services;
  const user = await checkCredentials(ctx, given);
  const signedIn = await inTransaction(db, async (tx) => {
    const account = await holdAccount(tx, user.id, user.passwordHash);
    if (account === undefined) return null;
    const opened = await accounts.sessions.create(tx, {
      userId: account.id,
      ip: ctx.request.ip,
      userAgent: ctx.request.userAgent,
    });
    const { expiresAt } = opened;
    const features = new Set(account.features);
    const authenticatedAt = new Date(ctx.services.now()).toISOString();
    const session: Session = {
      type: "user",
      ...account,
      id: 0,
      userId: account.id,
      features,
      expiresAt,
      authenticatedAt,
    };
    keeper.keepWith(tx, {
      code: "user_login",
      status: "success",
      actor: actorOf(session),
      source: "app",
      object: ownRef(session),
      metadata: { session: opened.id },
      request: ctx.request,
    });
    return { session, opened };
  });
  if (signedIn === null) return refuseSignIn(ctx, user, nobody);
  const { session, opened } = signedIn;
  ctx.cookie.set(opened.token, opened.absoluteSeconds);
  return { user: me(session) };
};

export const auth = router({
  signIn: open
    .meta({ events: ["user_login"] })
    .input(credentials)
    .mutation(({ ctx, input }) => signIn(ctx, input)),

  signOut: withAnyPassword
    .meta({
      events: ["user_logout"],
      rest: {
        method: "POST",
        path: "/api/auth/logout",
        summary: "Sign out",
        output: z.object({ ok: z.literal(true) }),
      },
    })
    .input(noInput)
    .mutation(async ({ ctx }) => {
      const { accounts, db, keeper } = ctx.services;
      const { session, cookie, request } = ctx;
      await inTransaction(db, async (tx) => {
        if (cookie.token === undefined || !(await accounts.sessions.end(tx, cookie.token))) return;
        keeper.keepWith(tx, {
          code: "user_logout",
          status: "success",
          actor: actorOf(session),
          source: "app",
          object: ownRef(session),
          metadata: { session: session.id },
          request,
        });
      });
      accounts.sessions.forget();
      cookie.clear();
      return { ok: true as const };
    }),

  /** The password again, for acts that need it to be given lately; a new token replaces the old one. */
  reauthenticate: withAnyPassword
    .meta({
      events: ["user_login"],
      rest: {
        method: "POST",
        path: "/api/auth/reauthenticate",
        summary: "Give the password again, for acts that need it to be fresh",
        output: z.object({ authenticatedAt: z.string() }),
      },
    })
    .input(z.strictObject({ password: secret }))
    .mutation(async ({ ctx, input: { password } }) => {
      const { accounts, db, keeper, now } = ctx.services;
      const { session, request } = ctx;
      const actor = actorOf(session);
      const user = await checkCredentials(ctx, { username: session.username, password }, actor);
      if (user.id !== session.userId) throw signInFailed();
      const renewed = await inTransaction(db, async (tx) => {
        if ((await holdAccount(tx, user.id, user.passwordHash)) === undefined) return null;
        const renewed = await accounts.sessions.reauthenticate(tx, session.id);
        if (renewed === undefined) throw unauthenticated();
        keeper.keepWith(tx, {
          code: "user_login",
          status: "success",
          actor: actorOf(session),
          source: "app",
          object: ownRef(session),
          metadata: { again: true, session: session.id },
          request,
        });
        return renewed;
      });
      if (renewed === null) return refuseSignIn(ctx, user, actor);
      ctx.cookie.set(renewed.token, renewed.absoluteSeconds);
      return { authenticatedAt: new Date(now()).toISOString() };
    }),

  changePassword: operation({
    feature: "signed-in",
    withAnyPassword: true,
    event: "user_change_password",
    rest: {
      method: "POST",
      path: "/api/auth/password",
      summary: "Change one's own password; all other sessions end",
      output: done({ sessionsEnded: z.number() }),
    },
    input: z.strictObject({ currentPassword: secret, newPassword: secret }),
    prepare: checkNewPassword,
    run: ({ tx, ctx }, _input, checked) => changeOwnPassword(tx, ctx, checked),
    object: (_input, _outcome, caller) => (caller.type === "user" ? ownRef(caller) : undefined),
    metadata: (_input, outcome) =>
      outcome === null ? undefined : { sessionsEnded: outcome.sessionsEnded, keptSession: outcome.keptSession },
    changes: () => null,
    answer: ({ sessionsEnded }) => ({ sessionsEnded }),
  }),

  me: withAnyPassword
    .meta({
      rest: {
        method: "GET",
        path: "/api/auth/me",
        summary: "Who is signed in",
        output: z.object({
          user: z.looseObject({ id: z.number() }),
          session: z.looseObject({ expiresAt: z.string() }),
        }),
      },
    })
    .input(noInput)
    .query(({ ctx: { session, services } }) => ({
      user: me(session),
      session: {
        idleMinutes: services.settings["session.idle_minutes"],
        reauthMinutes: services.settings["session.reauth_minutes"],
        authenticatedAt: session.authenticatedAt,
        expiresAt: session.expiresAt,
      },
    })),
});
