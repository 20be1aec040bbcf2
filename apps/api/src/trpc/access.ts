import type { Feature } from "@countersign/audit/features";
import { DomainError } from "../domain/domain-error.ts";
import type { Caller, Context, Session } from "./context.ts";

/** Who may call something: whoever holds the feature, or anybody who is signed in. */
export type Access = Feature | "signed-in";

export const unauthenticated = () => new DomainError("unauthenticated", "unauthenticated", "Sign in first.");

export const forbidden = (feature: Feature): DomainError =>
  new DomainError("forbidden", "forbidden", `This needs the feature ${feature}, which none of your roles has.`);
const keyForbidden = (feature: Access): DomainError =>
  new DomainError(
    "forbidden",
    "forbidden",
    feature === "signed-in"
      ? "This is for people, not for keys."
      : `This needs the feature ${feature}, which this key has not.`,
  );
const passwordFirst = () =>
  new DomainError("forbidden", "password_change_required", "Choose a password of your own first.");
const authenticateAgain = (minutes: number) =>
  new DomainError(
    "forbidden",
    "reauthentication_required",
    `Nothing was changed: this needs your password again, since you gave it more than ${minutes} min ago.`,
  );

export const callerOf = (ctx: Pick<Context, "caller">): Caller => {
  if (ctx.caller === null) throw unauthenticated();
  return ctx.caller;
};

/** The person who is signed in; a key is refused. */
export const sessionOf = (ctx: Pick<Context, "caller">): Session => {
  const caller = callerOf(ctx);
  if (caller.type !== "user") throw keyForbidden("signed-in");
  return caller;
};

/** Why this caller may not, or null; with a password that must be changed only what is `withAnyPassword`. */
export const refusalOf = (caller: Caller, access: Access, withAnyPassword = false): DomainError | null => {
  if (caller.type === "api_key") {
    return access !== "signed-in" && caller.features.has(access) ? null : keyForbidden(access);
  }
  if (caller.mustChangePassword && !withAnyPassword) return passwordFirst();
  return access === "signed-in" || caller.features.has(access) ? null : forbidden(access);
};

/** Refuses when the password was given longer ago than the office allows for what needs it to be fresh. */
export const refuseStaleLogin = ({ services }: Context, { authenticatedAt }: Session): void => {
  const minutes = services.settings["session.reauth_minutes"];
  if (services.now() - Date.parse(authenticatedAt) > minutes * 60_000) throw authenticateAgain(minutes);
};
