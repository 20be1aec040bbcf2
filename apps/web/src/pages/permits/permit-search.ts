import { texts } from "../../texts.ts";

export type PermitStatus = keyof typeof texts.permitStatus;
export const permitStatuses = Object.keys(texts.permitStatus) as PermitStatus[];

/** What the address of the permits table holds. */
export type PermitSearch = {
  q?: string;
  status?: PermitStatus;
  type?: string;
  /** A user's number, or `nobody`. */
  assigned?: string;
};

const isStatus = (text: unknown): text is PermitStatus =>
  typeof text === "string" && Object.hasOwn(texts.permitStatus, text);
const isAssignee = (text: unknown) => text === "nobody" || /^[1-9]\d{0,14}$/.test(String(text));
const isText = (value: unknown) => (typeof value === "string" || typeof value === "number") && value !== "";

/** Reads the search of an address, however it was typed. */
export const parsePermitSearch = (raw: Record<string, unknown>): PermitSearch => ({
  ...(isText(raw.q) && { q: String(raw.q).slice(0, 256) }),
  ...(isStatus(raw.status) && { status: raw.status }),
  ...(isText(raw.type) && { type: String(raw.type) }),
  ...(isAssignee(raw.assigned) && { assigned: String(raw.assigned) }),
});

export const isFiltered = (search: PermitSearch): boolean => Object.keys(search).length > 0;

/** What `permits.list` is asked for. */
export const permitInput = ({ q, status, type, assigned }: PermitSearch) => ({
  ...(q !== undefined && { search: q }),
  ...(status !== undefined && { status }),
  ...(type !== undefined && { type }),
  ...(assigned !== undefined && { assignedTo: assigned === "nobody" ? ("nobody" as const) : Number(assigned) }),
});
