import { changesBetween } from "@countersign/audit/changes";
import {
  findAssignee,
  insertPermit,
  lockPermit,
  type NewPermit,
  type Permit,
  type PermitPatch,
  updatePermit,
} from "@countersign/db/permits";
import type { Transaction } from "@countersign/db/transaction";
import type { Settings } from "../settings.ts";
import { DomainError, notFound } from "./domain-error.ts";
import { dayIn } from "./fields.ts";

export type Acting = { userId: number; now: number; settings: Settings };
export type PermitChange = { before: Permit | null; after: Permit };

const person = (who: Permit["assignedTo"]) => (who === null ? null : { id: String(who.id), label: who.name });

/** A permit as the log tells of it: ids with the name of the time. */
const facts = (permit: Permit) => ({
  permit_number: permit.permitNumber,
  type: permit.type,
  holder_name: permit.holderName,
  holder_contact: permit.holderContact,
  site: permit.site,
  status: permit.status,
  valid_from: permit.validFrom,
  valid_to: permit.validTo,
  assigned_to: person(permit.assignedTo),
  assigned_at: permit.assignedAt,
  assigned_by: person(permit.assignedBy),
  notes: permit.notes,
});

export const permitChanges = ({ before, after }: PermitChange) =>
  changesBetween(before === null ? null : facts(before), facts(after));

const locked = async (tx: Transaction, id: number): Promise<Permit> => {
  const permit = await lockPermit(tx, id);
  if (permit === undefined) throw notFound("permit");
  return permit;
};

const refuseStale = (permit: Permit, version: number | undefined): void => {
  if (version === undefined || permit.version === version) return;
  const by = permit.updatedBy === null ? "somebody" : permit.updatedBy.name;
  throw new DomainError(
    "conflict",
    "stale_version",
    `Nothing was changed: ${by} changed ${permit.permitNumber} meanwhile. Look at the new version and try again.`,
  );
};

const illegalTransition = (permit: Permit, act: string, from: readonly string[]): DomainError =>
  new DomainError(
    "conflict",
    "illegal_transition",
    `${permit.permitNumber} is ${permit.status}; only a permit that is ${from.join(" or ")} can be ${act}.`,
  );

const refuseDates = (validFrom: string | null, validTo: string | null): void => {
  if (validFrom !== null && validTo !== null && validFrom > validTo) {
    throw new DomainError("invalid", "invalid_input", "Nothing was changed: a permit cannot end before it begins.", {
      fields: [{ path: "validTo", rule: "before_valid_from" }],
    });
  }
};

const refuseType = (type: string | undefined, settings: Settings): void => {
  if (type === undefined || settings.permitTypes.includes(type)) return;
  throw new DomainError("invalid", "invalid_input", "Nothing was changed: this office has no such type of permit.", {
    fields: [{ path: "type", rule: "unknown_type" }],
  });
};

export const createPermit = async (tx: Transaction, permit: NewPermit, acting: Acting): Promise<PermitChange> => {
  refuseType(permit.type, acting.settings);
  refuseDates(permit.validFrom, permit.validTo);
  const year = Number(dayIn(acting.settings.timeZone, acting.now).slice(0, 4));
  return { before: null, after: await insertPermit(tx, permit, year, acting.userId) };
};

/** Once a permit has ended, only its notes may change. */
const ended: readonly string[] = ["rejected", "cancelled", "expired"];

export const editPermit = async (
  tx: Transaction,
  id: number,
  version: number,
  patch: Partial<NewPermit>,
  acting: Acting,
): Promise<PermitChange> => {
  const before = await locked(tx, id);
  refuseStale(before, version);
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const differing = Object.fromEntries(given.filter(([field, value]) => before[field as keyof NewPermit] !== value));
  const fields = Object.keys(differing);
  if (fields.length === 0) return { before, after: before };
  if (ended.includes(before.status) && fields.some((field) => field !== "notes")) {
    throw new DomainError(
      "conflict",
      "illegal_transition",
      `${before.permitNumber} is ${before.status}; only its notes can be changed.`,
    );
  }
  const next = { ...before, ...differing };
  if (fields.includes("type")) refuseType(next.type, acting.settings);
  refuseDates(next.validFrom, next.validTo);
  return { before, after: await updatePermit(tx, id, differing as PermitPatch, acting.userId) };
};

export const approvePermit = async (
  tx: Transaction,
  id: number,
  version: number | undefined,
  acting: Acting,
): Promise<PermitChange> => {
  const before = await locked(tx, id);
  refuseStale(before, version);
  if (before.status !== "pending") throw illegalTransition(before, "approved", ["pending"]);
  if (before.validFrom === null || before.validTo === null) {
    throw new DomainError(
      "conflict",
      "dates_missing",
      `${before.permitNumber} needs a first and a last valid day before it can be approved.`,
    );
  }
  if (before.validTo < dayIn(acting.settings.timeZone, acting.now)) {
    throw new DomainError(
      "conflict",
      "already_over",
      `${before.permitNumber} would have ended on ${before.validTo} already.`,
    );
  }
  return { before, after: await updatePermit(tx, id, { status: "active" }, acting.userId) };
};

/** Gives a permit to a user, or with null to nobody. The same user again changes nothing. */
export const assignPermit = async (
  tx: Transaction,
  id: number,
  userId: number | null,
  acting: Acting,
): Promise<PermitChange> => {
  const before = await locked(tx, id);
  if ((before.assignedTo?.id ?? null) === userId) return { before, after: before };
  if (ended.includes(before.status)) {
    throw new DomainError(
      "conflict",
      "illegal_transition",
      `${before.permitNumber} is ${before.status} and cannot be assigned.`,
    );
  }
  if (userId !== null && (await findAssignee(tx, userId)) === undefined) {
    throw new DomainError(
      "invalid",
      "invalid_input",
      "Nothing was changed: permits can only be assigned to an active user who may read them.",
      {
        fields: [{ path: "userId", rule: "not_assignable" }],
      },
    );
  }
  return {
    before,
    after: await updatePermit(tx, id, { assignment: { to: userId, by: acting.userId } }, acting.userId),
  };
};
