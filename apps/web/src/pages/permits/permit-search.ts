import { texts } from "../../texts.ts";

export type PermitStatus = keyof typeof texts.permitStatus;
export const permitStatuses = Object.keys(texts.permitStatus) as PermitStatus[];

const sorts = ["number", "holder", "status", "validTo", "assignee"] as const;
export type PermitSort = (typeof sorts)[number];

/** The days in which a permit is said to end soon. */
export const soonDays = 30;

/** What the address of the permits table holds. */
export type PermitSearch = {
  q?: string;
  status?: PermitStatus;
  type?: string;
  /** A user's number, or `nobody`. */
  assigned?: string;
  /** Only what is in force and ends within so many days. */
  ends?: number;
  sort?: PermitSort | `-${PermitSort}`;
};

const isStatus = (text: unknown): text is PermitStatus =>
  typeof text === "string" && Object.hasOwn(texts.permitStatus, text);
const isAssignee = (text: unknown) => text === "nobody" || /^[1-9]\d{0,14}$/.test(String(text));
const isText = (value: unknown) => (typeof value === "string" || typeof value === "number") && value !== "";
const isDays = (value: unknown) => /^[1-9]\d{0,2}$/.test(String(value)) && Number(value) <= 366;
const isSort = (value: unknown): value is NonNullable<PermitSearch["sort"]> =>
  sorts.some((name) => value === name || value === `-${name}`);

/** Reads the search of an address, however it was typed. */
export const parsePermitSearch = (raw: Record<string, unknown>): PermitSearch => ({
  ...(isText(raw.q) && { q: String(raw.q).slice(0, 256) }),
  ...(isStatus(raw.status) && { status: raw.status }),
  ...(isText(raw.type) && { type: String(raw.type) }),
  ...(isAssignee(raw.assigned) && { assigned: String(raw.assigned) }),
  ...(isDays(raw.ends) && { ends: Number(raw.ends) }),
  ...(isSort(raw.sort) && { sort: raw.sort }),
});

export const isFiltered = ({ sort: _, ...filters }: PermitSearch): boolean => Object.keys(filters).length > 0;

/** The same order without filters. */
export const unfiltered = ({ sort }: PermitSearch): PermitSearch => (sort === undefined ? {} : { sort });

type Option = { value: string; label: string };

/** The options of a filter with the one that is chosen among them, though it is offered no more: it filters all the same. */
export const withChosen = (
  options: readonly Option[],
  chosen: string | undefined,
  labelOf: (value: string) => string,
): Option[] =>
  chosen === undefined || options.some(({ value }) => value === chosen)
    ? [...options]
    : [...options, { value: chosen, label: labelOf(chosen) }];

/** What narrows `permits.list`, and the export. */
export const permitInput = ({ q, status, type, assigned, ends }: PermitSearch) => ({
  ...(q !== undefined && { search: q }),
  ...(status !== undefined && { status }),
  ...(type !== undefined && { type }),
  ...(assigned !== undefined && { assignedTo: assigned === "nobody" ? ("nobody" as const) : Number(assigned) }),
  ...(ends !== undefined && { endsWithinDays: ends }),
});
