import { changesBetween } from "@countersign/audit/changes";
import type { Feature } from "@countersign/audit/features";
import { failureCode, uniqueViolation } from "@countersign/db/failures";
import {
  addFeatures,
  deleteRole,
  giveRole,
  holdsRole,
  insertRole,
  isRoleNameTaken,
  listHolders,
  lockRole,
  type Role,
  removeFeature,
  takeRole,
  touchRole,
  updateRole,
} from "@countersign/db/roles";
import type { Transaction } from "@countersign/db/transaction";
import type { User } from "@countersign/db/users";
import { foldName } from "../accounts/names.ts";
import { DomainError, notFound } from "./domain-error.ts";
import { lockedUser, protectedUser, refuseMorePowerful } from "./users.ts";

export type Holder = { id: number; name: string };

/** Who acts on roles: what they hold limits what they can hand out. */
export type Granting = { selfId: number; features: ReadonlySet<Feature>; at: string };

const facts = ({ name, description, features }: Role) => ({ name, description, features });
const withHolders = (role: Role, users: readonly Holder[]) => ({
  ...facts(role),
  users: users.map(({ id, name }) => ({ id: String(id), label: name })),
});

export const roleChanges = ({ before, after }: { before: Role | null; after: Role | null }) =>
  changesBetween(before === null ? null : facts(before), after === null ? null : facts(after));

export const removalChanges = ({ before, holders }: { before: Role; holders: readonly Holder[] }) =>
  changesBetween(withHolders(before, holders), null);

const nameTaken = () =>
  new DomainError("conflict", "name_taken", "Nothing was changed: there is a role with this name already.", {
    fields: [{ path: "name", rule: "taken" }],
  });
const protectedRole = () =>
  new DomainError(
    "forbidden",
    "protected",
    "Nothing was changed: the Administrator role is protected and keeps its name and its features.",
  );

/** Nobody hands out what they lack. */
const refuseBeyond = (wanted: readonly Feature[], { features }: Granting): void => {
  const beyond = wanted.filter((feature) => !features.has(feature));
  if (beyond.length === 0) return;
  throw new DomainError(
    "forbidden",
    "feature_lacking",
    `Nothing was changed: nobody gives a feature they lack, and you lack ${beyond.slice(0, 5).join(", ")}.`,
  );
};

const ownRoles = () =>
  new DomainError("forbidden", "own_roles", "Nothing was changed: nobody changes their own roles, or adds to them.");

const refuseOwnRoles = (userId: number, { selfId }: Granting): void => {
  if (userId === selfId) throw ownRoles();
};

const lockedRole = async (tx: Transaction, id: number): Promise<Role> => {
  const role = await lockRole(tx, id);
  if (role === undefined) throw notFound("role");
  return role;
};

const refuseStale = (role: Role, version: number | undefined): void => {
  if (version === undefined || role.version === version) return;
  throw new DomainError(
    "conflict",
    "stale_version",
    `Nothing was changed: the role ${role.name} was changed meanwhile. Look at it again and try anew.`,
  );
};

export const addRole = async (
  tx: Transaction,
  role: { name: string; description: string; features: readonly Feature[] },
  granting: Granting,
): Promise<{ before: null; after: Role }> => {
  refuseBeyond(role.features, granting);
  const nameFolded = foldName(role.name);
  const after = nameFolded === "" ? undefined : await insertRole(tx, { ...role, nameFolded }, granting.at);
  if (after === undefined) throw nameTaken();
  return { before: null, after };
};

export const editRole = async (
  tx: Transaction,
  edit: { roleId: number; version: number; name?: string | undefined; description?: string | undefined },
  { at }: Granting,
): Promise<{ before: Role; after: Role }> => {
  const before = await lockedRole(tx, edit.roleId);
  refuseStale(before, edit.version);
  const { name = before.name, description = before.description } = edit;
  if (name === before.name && description === before.description) return { before, after: before };
  if (before.shipped === "administrator" && name !== before.name) throw protectedRole();
  const nameFolded = foldName(name);
  if (nameFolded === "" || (await isRoleNameTaken(tx, nameFolded, before.id))) throw nameTaken();
  try {
    await updateRole(tx, before.id, { name, nameFolded, description }, at);
  } catch (error) {
    throw failureCode(error) === uniqueViolation ? nameTaken() : error;
  }
  return { before, after: { ...before, name, description, updatedAt: at, version: before.version + 1 } };
};

/** The holders that an event names at most. */
const namedHolders = 10_000;

export const removeRole = async (
  tx: Transaction,
  { roleId, version }: { roleId: number; version?: number | undefined },
  granting: Granting,
): Promise<{ before: Role; holders: Holder[] }> => {
  const before = await lockedRole(tx, roleId);
  refuseStale(before, version);
  if (before.shipped === "administrator") throw protectedRole();
  refuseBeyond(before.features, granting);
  const holders = await listHolders(tx, roleId, namedHolders);
  await deleteRole(tx, roleId);
  return { before, holders };
};

/** The user first, as everything does that holds both: so no two wait for each other. */
const lockedPair = async (tx: Transaction, roleId: number, userId: number): Promise<{ role: Role; user: User }> => {
  const user = await lockedUser(tx, userId);
  return { user, role: await lockedRole(tx, roleId) };
};

/** `before` is the role as the act found it: who agrees to giving it agrees to what it holds. */
export type RoleGiven = { before: Role; role: Role; user: User; changed: boolean };

export const assignRole = async (
  tx: Transaction,
  { roleId, userId }: { roleId: number; userId: number },
  granting: Granting,
): Promise<RoleGiven> => {
  const { role, user } = await lockedPair(tx, roleId, userId);
  if (await holdsRole(tx, userId, roleId)) return { before: role, role, user, changed: false };
  refuseOwnRoles(userId, granting);
  refuseBeyond(role.features, granting);
  await giveRole(tx, userId, roleId);
  return { before: role, role, user, changed: true };
};

export const revokeRole = async (
  tx: Transaction,
  { roleId, userId }: { roleId: number; userId: number },
  granting: Granting,
): Promise<RoleGiven> => {
  const { role, user } = await lockedPair(tx, roleId, userId);
  if (!(await holdsRole(tx, userId, roleId))) return { before: role, role, user, changed: false };
  if (user.isProtected && role.shipped === "administrator") throw protectedUser(user);
  refuseOwnRoles(userId, granting);
  await refuseMorePowerful(tx, user, granting.features);
  await takeRole(tx, userId, roleId);
  return { before: role, role, user, changed: true };
};

/** Bound to the name alone: of several rights that wait for the same role each can be agreed to. */
export type FeatureGiven = { role: Role; feature: Feature; changed: boolean; bound: string };

/** Nobody adds to a role that they hold: what another role gives them for a while would be theirs for good. */
export const assignFeature = async (
  tx: Transaction,
  { roleId, feature }: { roleId: number; feature: Feature },
  granting: Granting,
): Promise<FeatureGiven> => {
  const role = await lockedRole(tx, roleId);
  const bound = role.name;
  if (role.features.includes(feature)) return { role, feature, changed: false, bound };
  if (await holdsRole(tx, granting.selfId, roleId)) throw ownRoles();
  refuseBeyond([feature], granting);
  await addFeatures(tx, roleId, [feature]);
  await touchRole(tx, roleId, granting.at);
  return { role, feature, changed: true, bound };
};

export const revokeFeature = async (
  tx: Transaction,
  { roleId, feature }: { roleId: number; feature: Feature },
  granting: Granting,
): Promise<FeatureGiven> => {
  const role = await lockedRole(tx, roleId);
  const bound = role.name;
  if (!role.features.includes(feature)) return { role, feature, changed: false, bound };
  if (role.shipped === "administrator") throw protectedRole();
  refuseBeyond([feature], granting);
  await removeFeature(tx, roleId, feature);
  await touchRole(tx, roleId, granting.at);
  return { role, feature, changed: true, bound };
};

/** What a change of holders or features looks like in its event. */
export const givenChanges = (
  { changed }: { changed: boolean },
  field: "users" | "features",
  item: string | { id: string; label: string },
  given: boolean,
) => (changed ? { [field]: { old: given ? null : item, new: given ? item : null } } : {});
