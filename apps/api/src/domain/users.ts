import { changesBetween } from "@countersign/audit/changes";
import type { Feature } from "@countersign/audit/features";
import { isBeingErased } from "@countersign/db/erasures";
import { failureCode, uniqueViolation } from "@countersign/db/failures";
import type { Transaction } from "@countersign/db/transaction";
import {
  countAssigned,
  deleteUser,
  featuresOfUser,
  insertUser,
  isUsernameTaken,
  lockUser,
  type NewUser,
  type User,
  type UserPatch,
  updateUser,
} from "@countersign/db/users";
import { foldName, mixedScripts } from "../accounts/names.ts";
import { DomainError, notFound } from "./domain-error.ts";

export type UserChange = { before: User | null; after: User | null };

/** A user as the log tells of one; roles have events of their own, a password has no value. */
const facts = ({ username, name, email, status, mustChangePassword }: User) => ({
  username,
  name,
  email,
  status,
  must_change_password: mustChangePassword,
});

export const userChanges = ({ before, after }: UserChange) =>
  changesBetween(before === null ? null : facts(before), after === null ? null : facts(after));

export const protectedUser = (user: Pick<User, "name">): DomainError =>
  new DomainError("forbidden", "protected", `Nothing was changed: the account of ${user.name} is protected.`);

const invalid = (path: string, rule: string, sentence: string): DomainError =>
  new DomainError("invalid", "invalid_input", `Nothing was changed: ${sentence}`, { fields: [{ path, rule }] });

const nameTaken = () =>
  new DomainError("conflict", "name_taken", "Nothing was changed: there is a user with this name already.", {
    fields: [{ path: "username", rule: "taken" }],
  });

/** Refuses a name that mixes scripts, as a look-alike of another would, unless that was confirmed. */
const refuseLookAlike = (username: string, confirmed: boolean | undefined): void => {
  const scripts = mixedScripts(username);
  if (scripts === null || confirmed === true) return;
  throw invalid("username", "mixed_scripts", `the name mixes ${scripts.join(" and ")}; confirm it if that is meant.`);
};

export const lockedUser = async (tx: Transaction, id: number): Promise<User> => {
  const user = await lockUser(tx, id);
  if (user === undefined) throw notFound("user");
  return user;
};

const refuseStale = (user: User, version: number | undefined): void => {
  if (version === undefined || user.version === version) return;
  throw new DomainError(
    "conflict",
    "stale_version",
    `Nothing was changed: the account of ${user.name} was changed meanwhile. Look at it again and try anew.`,
  );
};

/** Nobody may take over, or take away, the account of somebody who may do more. */
export const refuseMorePowerful = async (
  tx: Transaction,
  user: User,
  features: ReadonlySet<Feature>,
): Promise<void> => {
  const beyond = (await featuresOfUser(tx, user.id)).filter((feature) => !features.has(feature as Feature));
  if (beyond.length === 0) return;
  throw new DomainError(
    "forbidden",
    "more_powerful",
    `Nothing was changed: ${user.name} has rights that you lack, such as ${beyond[0]}.`,
  );
};

export const addUser = async (
  tx: Transaction,
  user: Omit<NewUser, "usernameFolded"> & { confirmMixedScripts?: boolean | undefined },
  at: string,
): Promise<User> => {
  const { confirmMixedScripts, ...fields } = user;
  refuseLookAlike(fields.username, confirmMixedScripts);
  const usernameFolded = foldName(fields.username);
  const added = usernameFolded === "" ? undefined : await insertUser(tx, { ...fields, usernameFolded }, at);
  if (added === undefined) throw nameTaken();
  return added;
};

export type UserEdit = {
  userId: number;
  version: number;
  username?: string | undefined;
  name?: string | undefined;
  email?: string | null | undefined;
  confirmMixedScripts?: boolean | undefined;
};

/** A user name is half of the way in, and an address is where alerts go: both are changed only by who may do as much as their owner. */
export const editUser = async (
  tx: Transaction,
  edit: UserEdit,
  features: ReadonlySet<Feature>,
  at: string,
): Promise<UserChange> => {
  const before = await lockedUser(tx, edit.userId);
  refuseStale(before, edit.version);
  const { username, name, email } = edit;
  const patch: UserPatch = {};
  if (name !== undefined && name !== before.name) patch.name = name;
  if (email !== undefined && email !== before.email) patch.email = email;
  if (username !== undefined && username !== before.username) {
    if (before.isProtected) throw protectedUser(before);
    refuseLookAlike(username, edit.confirmMixedScripts);
    patch.username = username;
    patch.usernameFolded = foldName(username);
    if (await isUsernameTaken(tx, patch.usernameFolded, before.id)) throw nameTaken();
  }
  if (Object.keys(patch).length === 0) return { before, after: before };
  if (patch.username !== undefined || patch.email !== undefined) await refuseMorePowerful(tx, before, features);
  try {
    return { before, after: await updateUser(tx, before.id, patch, at) };
  } catch (error) {
    throw failureCode(error) === uniqueViolation ? nameTaken() : error;
  }
};

/** Switches an account on or off; the same again changes nothing. Who switches it on gives back all that its roles allow. */
export const setStatus = async (
  tx: Transaction,
  { userId, version }: { userId: number; version?: number | undefined },
  status: User["status"],
  features: ReadonlySet<Feature>,
  at: string,
): Promise<{ before: User; after: User }> => {
  const before = await lockedUser(tx, userId);
  refuseStale(before, version);
  if (before.status === status) return { before, after: before };
  if (before.isProtected) throw protectedUser(before);
  await refuseMorePowerful(tx, before, features);
  if (status === "active" && (await isBeingErased(tx, userId))) {
    throw new DomainError(
      "conflict",
      "being_erased",
      "Nothing was changed: the personal data of this account is being erased, and the account goes with it.",
    );
  }
  return { before, after: await updateUser(tx, userId, { status }, at) };
};

export const removeUser = async (
  tx: Transaction,
  { userId, version }: { userId: number; version?: number | undefined },
  { selfId, features }: { selfId: number; features: ReadonlySet<Feature> },
): Promise<{ before: User; after: null }> => {
  const before = await lockedUser(tx, userId);
  refuseStale(before, version);
  if (before.isProtected) throw protectedUser(before);
  if (userId === selfId) {
    throw new DomainError("conflict", "own_account", "Nothing was changed: nobody deletes their own account.");
  }
  await refuseMorePowerful(tx, before, features);
  const permits = await countAssigned(tx, userId);
  if (permits > 0) {
    throw new DomainError(
      "conflict",
      "has_permits",
      `Nothing was changed: ${before.name} works on ${permits} ${permits === 1 ? "permit" : "permits"}; give them to somebody else first.`,
    );
  }
  await deleteUser(tx, userId);
  return { before, after: null };
};

const ownPassword = () =>
  new DomainError("conflict", "own_account", "Nothing was changed: change your own password with the one you have.");

/** Gives a user another password, to be changed at the next sign-in. Nobody does this to a protected account but its owner. */
export const replacePassword = async (
  tx: Transaction,
  userId: number,
  passwordHash: string,
  { selfId, features }: { selfId: number; features: ReadonlySet<Feature> },
  at: string,
): Promise<User> => {
  const before = await lockedUser(tx, userId);
  if (before.isProtected) throw protectedUser(before);
  if (userId === selfId) throw ownPassword();
  await refuseMorePowerful(tx, before, features);
  return updateUser(tx, userId, { passwordHash, mustChangePassword: true }, at);
};
