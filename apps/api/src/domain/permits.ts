import { addDays, dayIn } from "@countersign/audit/calendar";
import { changesBetween } from "@countersign/audit/changes";
import {
  countDocuments,
  deletePermit,
  findAssignee,
  insertPermit,
  lockPermit,
  type NewPermit,
  type Permit,
  type PermitPatch,
  type PermitStatus,
  updatePermit,
} from "@countersign/db/permits";
import type { SystemSettings } from "@countersign/db/system-settings";
import type { Transaction } from "@countersign/db/transaction";
import { DomainError, notFound } from "./domain-error.ts";

/** Who acts, when (milliseconds since 1970), and the settings of that moment. */
export type Acting = { userId: number; now: number; settings: SystemSettings };
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

export const permitChanges = ({ before, after }: { before: Permit | null; after: Permit | null }) =>
  changesBetween(before === null ? null : facts(before), after === null ? null : facts(after));

const conflict = (reason: string, sentence: string): DomainError => new DomainError("conflict", reason, sentence);

const locked = async (tx: Transaction, id: number): Promise<Permit> => {
  const permit = await lockPermit(tx, id);
  if (permit === undefined) throw notFound("permit");
  return permit;
};

const refuseStale = (permit: Permit, version: number | undefined): void => {
  if (version === undefined || permit.version === version) return;
  const by = permit.updatedBy === null ? "somebody" : permit.updatedBy.name;
  throw conflict(
    "stale_version",
    `Nothing was changed: ${by} changed ${permit.permitNumber} meanwhile. Look at the new version and try again.`,
  );
};

const today = ({ settings, now }: Acting): string => dayIn(settings["display.time_zone"], now);
const stamp = ({ userId, now }: Acting) => ({ by: userId, at: new Date(now).toISOString() });

const refuseDates = (validFrom: string | null, validTo: string | null): void => {
  if (validFrom !== null && validTo !== null && validFrom > validTo) {
    throw new DomainError("invalid", "invalid_input", "Nothing was changed: a permit cannot end before it begins.", {
      fields: [{ path: "validTo", rule: "before_valid_from" }],
    });
  }
};

const refuseType = (type: string | undefined, settings: SystemSettings): void => {
  if (type === undefined || settings["permit.types"].includes(type)) return;
  throw new DomainError("invalid", "invalid_input", "Nothing was changed: this office has no such type of permit.", {
    fields: [{ path: "type", rule: "unknown_type" }],
  });
};

const refuseOver = (permit: Permit, acting: Acting): void => {
  if (permit.validTo !== null && permit.validTo < today(acting)) {
    throw conflict("already_over", `${permit.permitNumber} has ended on ${permit.validTo} already; renew it instead.`);
  }
};

const refuseWithoutDates = (permit: Permit): void => {
  if (permit.validFrom !== null && permit.validTo !== null) return;
  throw conflict(
    "dates_missing",
    `${permit.permitNumber} needs a first and a last valid day before it can be approved.`,
  );
};

export const createPermit = async (tx: Transaction, permit: NewPermit, acting: Acting): Promise<PermitChange> => {
  refuseType(permit.type, acting.settings);
  refuseDates(permit.validFrom, permit.validTo);
  const year = Number(today(acting).slice(0, 4));
  return { before: null, after: await insertPermit(tx, permit, year, stamp(acting)) };
};

/** Once a permit has ended, only its notes may change. */
const ended: readonly PermitStatus[] = ["rejected", "cancelled", "expired"];

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
    throw conflict("illegal_transition", `${before.permitNumber} is ${before.status}; only its notes can be changed.`);
  }
  const next = { ...before, ...differing };
  if (fields.includes("type")) refuseType(next.type, acting.settings);
  refuseDates(next.validFrom, next.validTo);
  return { before, after: await updatePermit(tx, id, differing as PermitPatch, stamp(acting)) };
};

type Transition = {
  from: readonly PermitStatus[];
  to: PermitStatus;
  /** How a permit is called that went this way. */
  done: string;
  /** What else must be true of the permit. */
  refuse?: (permit: Permit, acting: Acting) => void;
};

/** What leads from one status to another, besides renewing; every other pair is refused. */
export const transitions = {
  approve: {
    from: ["pending"],
    to: "active",
    done: "approved",
    refuse: (permit, acting) => {
      refuseWithoutDates(permit);
      refuseOver(permit, acting);
    },
  },
  reject: { from: ["pending"], to: "rejected", done: "rejected" },
  activate: { from: ["inactive"], to: "active", done: "activated", refuse: refuseOver },
  deactivate: { from: ["active"], to: "inactive", done: "deactivated" },
  cancel: { from: ["pending", "active", "inactive"], to: "cancelled", done: "cancelled" },
} as const satisfies Record<string, Transition>;

export type TransitionName = keyof typeof transitions;

const refuseTransition = (permit: Permit, { from, done }: Pick<Transition, "from" | "done">): void => {
  if (from.includes(permit.status)) return;
  throw conflict(
    "illegal_transition",
    `${permit.permitNumber} is ${permit.status}; only a permit that is ${from.join(" or ")} can be ${done}.`,
  );
};

export const changeStatus = async (
  tx: Transaction,
  name: TransitionName,
  { permitId, version }: { permitId: number; version?: number | undefined },
  acting: Acting,
): Promise<PermitChange> => {
  const transition: Transition = transitions[name];
  const before = await locked(tx, permitId);
  refuseStale(before, version);
  refuseTransition(before, transition);
  transition.refuse?.(before, acting);
  return { before, after: await updatePermit(tx, permitId, { status: transition.to }, stamp(acting)) };
};

/** Moves the last valid day forward; an expired permit comes back to life while the office's days of grace last. */
export const renewPermit = async (
  tx: Transaction,
  { permitId, version, validTo }: { permitId: number; version?: number | undefined; validTo: string },
  acting: Acting,
): Promise<PermitChange> => {
  const before = await locked(tx, permitId);
  refuseStale(before, version);
  refuseTransition(before, { from: ["active", "expired"], done: "renewed" });
  const graceDays = acting.settings["permit.renew_grace_days"];
  if (before.status === "expired" && before.validTo !== null && addDays(before.validTo, graceDays) < today(acting)) {
    throw conflict(
      "grace_over",
      `${before.permitNumber} ended on ${before.validTo}, more than ${graceDays} days ago; it needs a new application.`,
    );
  }
  if ((before.validTo !== null && validTo <= before.validTo) || validTo < today(acting)) {
    throw new DomainError(
      "invalid",
      "invalid_input",
      "Nothing was changed: the new last valid day must be later than the old one, and not past.",
      { fields: [{ path: "validTo", rule: "not_later" }] },
    );
  }
  return { before, after: await updatePermit(tx, permitId, { status: "active", validTo }, stamp(acting)) };
};

/** Removes a permit for good; its number is never given out again. */
export const removePermit = async (
  tx: Transaction,
  { permitId, version }: { permitId: number; version?: number | undefined },
): Promise<{ before: Permit; after: null }> => {
  const before = await locked(tx, permitId);
  refuseStale(before, version);
  const documents = await countDocuments(tx, permitId);
  if (documents > 0) {
    throw conflict(
      "has_documents",
      `${before.permitNumber} has ${documents} ${documents === 1 ? "document" : "documents"}; delete them first.`,
    );
  }
  await deletePermit(tx, permitId);
  return { before, after: null };
};

/** Gives a permit to a user, or with null to nobody. The same user again changes nothing. */
export const assignPermit = async (
  tx: Transaction,
  { permitId, version, userId }: { permitId: number; version?: number | undefined; userId: number | null },
  acting: Acting,
): Promise<PermitChange> => {
  const before = await locked(tx, permitId);
  refuseStale(before, version);
  if ((before.assignedTo?.id ?? null) === userId) return { before, after: before };
  if (ended.includes(before.status)) {
    throw conflict("illegal_transition", `${before.permitNumber} is ${before.status} and cannot be assigned.`);
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
  return { before, after: await updatePermit(tx, permitId, { assignment: userId }, stamp(acting)) };
};
