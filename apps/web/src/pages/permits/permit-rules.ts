import { addDays } from "@countersign/audit/calendar";
import type { Feature } from "@countersign/audit/features";
import type { Permit, PermitStatus } from "../../api.ts";
import { plainDate } from "../../format.ts";
import { texts } from "../../texts.ts";

/** What the page knows besides the permit; what it does not know yet speaks against nothing. */
export type Known = { today?: string | undefined; renewGraceDays?: number | undefined; hasDocuments?: boolean };

const words = texts.permit;
const why = words.why;
const closed: readonly PermitStatus[] = ["rejected", "cancelled", "expired"];

const unless = (from: readonly PermitStatus[], { status }: Permit): string | null =>
  from.includes(status)
    ? null
    : why.onlyFrom(from.map((name) => texts.permitStatus[name]).join(why.or), texts.permitStatus[status]);

const unlessOver = ({ validTo }: Permit, { today }: Known): string | null =>
  today !== undefined && validTo !== null && validTo < today ? why.over(plainDate(validTo)) : null;

const unlessGrace = ({ status, validTo }: Permit, { today, renewGraceDays }: Known): string | null => {
  if (status !== "expired" || validTo === null || today === undefined || renewGraceDays === undefined) return null;
  return addDays(validTo, renewGraceDays) < today ? why.graceOver(plainDate(validTo), renewGraceDays) : null;
};

const unlessAssignable = ({ status }: Permit): string | null =>
  closed.includes(status) ? why.closed(texts.permitStatus[status]) : null;

type Act = {
  label: string;
  feature: Feature;
  /** Why it is off for this permit, in a sentence. */
  against: (permit: Permit, known: Known) => string | null;
};

/** The acts on a permit, in the order in which they are offered. */
export const permitActs = {
  edit: { label: words.edit, feature: "permits.update", against: () => null },
  assign: { label: words.assign, feature: "permits.assign", against: unlessAssignable },
  unassign: {
    label: words.unassign,
    feature: "permits.assign",
    against: (permit) => (permit.assignedTo === null ? why.nobody : unlessAssignable(permit)),
  },
  approve: {
    label: words.approve,
    feature: "permits.approve",
    against: (permit, known) =>
      unless(["pending"], permit) ??
      (permit.validFrom === null || permit.validTo === null ? why.noDates : unlessOver(permit, known)),
  },
  reject: { label: words.reject, feature: "permits.approve", against: (permit) => unless(["pending"], permit) },
  renew: {
    label: words.renew,
    feature: "permits.renew",
    against: (permit, known) => unless(["active", "expired"], permit) ?? unlessGrace(permit, known),
  },
  activate: {
    label: words.activate,
    feature: "permits.activate",
    against: (permit, known) => unless(["inactive"], permit) ?? unlessOver(permit, known),
  },
  deactivate: { label: words.deactivate, feature: "permits.activate", against: (permit) => unless(["active"], permit) },
  cancel: {
    label: words.cancel,
    feature: "permits.cancel",
    against: (permit) => unless(["pending", "active", "inactive"], permit),
  },
  delete: {
    label: words.delete,
    feature: "permits.delete",
    against: (_, { hasDocuments = false }) => (hasDocuments ? why.hasDocuments : null),
  },
} as const satisfies Record<string, Act>;

export type PermitAct = keyof typeof permitActs;

/** The act that a permit of each state most likely waits for. */
export const mainActs: Readonly<Record<PermitStatus, PermitAct | null>> = {
  pending: "approve",
  active: "renew",
  inactive: "activate",
  expired: "renew",
  rejected: null,
  cancelled: null,
};

/** Why an act is off for this permit and these rights, in a sentence; null when it may be tried. The server decides all the same. */
export const reasonAgainst = (
  act: PermitAct,
  permit: Permit,
  held: readonly string[],
  known: Known = {},
): string | null => {
  const { feature, against }: Act = permitActs[act];
  return held.includes(feature) ? against(permit, known) : texts.notPermitted.needs(feature);
};

/** Of a rejected, cancelled or expired permit only the notes can be changed. */
export const isClosed = (permit: Permit): boolean => closed.includes(permit.status);
