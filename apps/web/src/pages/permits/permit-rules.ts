import type { Feature } from "@countersign/audit/catalogue";
import type { Permit } from "../../api.ts";
import { texts } from "../../texts.ts";

export type PermitAct = "edit" | "approve" | "assign" | "unassign";

const features: Record<PermitAct, Feature> = {
  edit: "permits.update",
  approve: "permits.approve",
  assign: "permits.assign",
  unassign: "permits.assign",
};

const closed: readonly Permit["status"][] = ["rejected", "cancelled", "expired"];
const why = texts.permit.why;

const against: Record<PermitAct, (permit: Permit) => string | null> = {
  edit: () => null,
  approve: (permit) => {
    if (permit.status !== "pending") return why.notPending(texts.permitStatus[permit.status]);
    return permit.validFrom === null || permit.validTo === null ? why.noDates : null;
  },
  assign: (permit) => (closed.includes(permit.status) ? why.closed(texts.permitStatus[permit.status]) : null),
  unassign: (permit) => {
    if (permit.assignedTo === null) return why.nobody;
    return closed.includes(permit.status) ? why.closed(texts.permitStatus[permit.status]) : null;
  },
};

/** Why an act is off for this permit and these rights, in a sentence; null when it may be tried. The server decides all the same. */
export const reasonAgainst = (act: PermitAct, permit: Permit, held: readonly string[]): string | null =>
  held.includes(features[act]) ? against[act](permit) : texts.notPermitted.needs(features[act]);

/** Of a rejected, cancelled or expired permit only the notes can be changed. */
export const isClosed = (permit: Permit): boolean => closed.includes(permit.status);
