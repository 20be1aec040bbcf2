import type { Transaction } from "@countersign/db/transaction";
import { findPasswordHash, lockUser, updateUser } from "@countersign/db/users";
import { HashingBusy, type PasswordProblem, passwordProblem } from "../accounts/passwords.ts";
import { unauthenticated } from "../trpc/access.ts";
import type { SignedIn } from "../trpc/operation.ts";
import { DomainError } from "./domain-error.ts";

const sentences: Record<PasswordProblem, (least: number) => string> = {
  too_short: (least) => `it is shorter than ${least} characters`,
  too_long: () => "it is longer than 128 characters",
  forbidden_character: () => "it holds a character that no password may have",
  common: () => "it is made of words that stand in every list of stolen passwords",
  like_name: () => "it is too much like the user name",
  too_simple: () => "it is too simple",
};

/** Refuses a password that is easy to guess, with the reason in words. */
export const refuseWeakPassword = (password: string, username: string, least: number, path: string): void => {
  const problem = passwordProblem(password, username, least);
  if (problem === null) return;
  throw new DomainError("invalid", "weak_password", `Choose another password: ${sentences[problem](least)}.`, {
    fields: [{ path, rule: problem }],
  });
};

const unlessBusy = async <Result>(work: Promise<Result>): Promise<Result> => {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof HashingBusy)) throw error;
    throw new DomainError(
      "unavailable",
      "unavailable",
      "The server is busy. Nothing was changed; try again in a moment.",
      {
        retryAfterS: 2,
      },
    );
  }
};

/** The hash of a password that was accepted. */
export const hashPassword = (ctx: Pick<SignedIn, "services">, password: string): Promise<string> =>
  unlessBusy(ctx.services.accounts.passwords.hash(password));

const wrongPassword = () =>
  new DomainError("invalid", "wrong_password", "Nothing was changed: the current password is wrong.", {
    fields: [{ path: "currentPassword", rule: "wrong" }],
  });

/** What the current password was held against, and the hash of the new one. */
export type CheckedPassword = { stored: string | null; passwordHash: string };

/** Judges a change of the caller's own password and hashes the new one, with no transaction open while that takes its time. */
export const checkNewPassword = async (
  { session, services, request }: SignedIn,
  { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
): Promise<CheckedPassword> => {
  const { accounts, settings, db } = services;
  const verdict = await accounts.signInLimits.ask(session.username, request.ip);
  if (!verdict.allowed) {
    const { retryAfterS } = verdict;
    throw new DomainError("too-many", "too_many_attempts", `Too many failed tries. Wait ${retryAfterS} s.`, {
      retryAfterS,
    });
  }
  const stored = await findPasswordHash(db, session.userId);
  const { right } = await unlessBusy(accounts.passwords.verify(stored, currentPassword));
  if (!right) throw wrongPassword();
  await accounts.signInLimits.succeeded(db, session.username);
  refuseWeakPassword(newPassword, session.username, settings["signin.password_min"], "newPassword");
  if (newPassword.normalize("NFC") === currentPassword.normalize("NFC")) {
    throw new DomainError("invalid", "weak_password", "Choose another password: it is the one you have.", {
      fields: [{ path: "newPassword", rule: "same" }],
    });
  }
  return { stored, passwordHash: await hashPassword({ services }, newPassword) };
};

/** Changes the caller's own password; every session ends, and the caller's goes on under a new token. */
export const changeOwnPassword = async (
  tx: Transaction,
  { session, services, cookie }: SignedIn,
  { stored, passwordHash }: CheckedPassword,
): Promise<{ sessionsEnded: number; keptSession: number }> => {
  const { sessions } = services.accounts;
  await lockUser(tx, session.userId);
  if ((await findPasswordHash(tx, session.userId)) !== stored) throw wrongPassword();
  const at = new Date(services.now()).toISOString();
  await updateUser(tx, session.userId, { passwordHash, mustChangePassword: false }, at);
  const sessionsEnded = await sessions.endAllOf(tx, session.userId, session.id);
  const renewed = await sessions.reauthenticate(tx, session.id);
  if (renewed === undefined) throw unauthenticated();
  tx.afterCommit(() => cookie.set(renewed.token, renewed.absoluteSeconds));
  return { sessionsEnded, keptSession: session.id };
};
