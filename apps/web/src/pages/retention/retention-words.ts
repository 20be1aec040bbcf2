import { eventTypes, isEventCode, objectTypes } from "@countersign/audit/catalogue";
import type { inferOutput } from "@trpc/tanstack-react-query";
import type { Api } from "../../api.ts";
import { count, dateTime, type Zone } from "../../format.ts";
import { texts } from "../../texts.ts";
import { retentionTexts } from "./retention-texts.ts";

export type Status = inferOutput<Api["retention"]["status"]>;
export type Preview = inferOutput<Api["retention"]["preview"]>;
export type PolicyPreview = Preview["policies"][number];
export type Hold = inferOutput<Api["retention"]["listHolds"]>["items"][number];
export type Run = inferOutput<Api["retention"]["runs"]>["items"][number];
export type Manifest = Run["manifests"][number];
type Scope = Hold["scope"];
type Filter = Extract<Scope, { kind: "query" }>["filter"];

const monthFormat = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });

/** `2026-05` as "May 2026". */
export const monthName = (month: string): string => monthFormat.format(Date.parse(`${month}-01T00:00:00Z`));

export const policyName = (policy: string): string => retentionTexts.policies.names[policy] ?? policy;

/** A period in the largest unit that fits to the day of leap years: "10 years", "90 days". */
export const period = (days: number): string => {
  const years = Math.round(days / 365.25);
  return years > 0 && Math.abs(days - years * 365.25) <= 1 ? texts.units.years(years) : texts.units.days(days);
};

/** A figure that was counted up to a limit. */
export const counted = (value: number, isMore: boolean): string =>
  isMore ? retentionTexts.preview.atLeast(count(value)) : count(value);

/** What stands in a line under a policy: "Would remove 41 203 of 2.1 M, 312 on hold, oldest kept May 2019". */
export const previewWords = (preview: PolicyPreview): string => {
  const { rows, removed, removedIsMost, held, heldIsMore, oldestKept, months } = preview;
  const words = retentionTexts.preview;
  const gone = removedIsMost ? words.atMost(count(removed)) : count(removed);
  const left = months.filter(({ blocked }) => blocked !== null).length;
  return [
    removed > 0 ? words.would(gone, count(rows)) : words.wouldNothing(count(rows)),
    ...(held > 0 || heldIsMore ? [words.onHold(counted(held, heldIsMore))] : []),
    ...(left > 0 ? [words.blocked(count(left))] : []),
    ...(oldestKept === null ? [] : [words.oldest(monthName(oldestKept))]),
  ].join(", ");
};

const typeName = (type: string): string =>
  Object.hasOwn(objectTypes, type) ? objectTypes[type as keyof typeof objectTypes] : type;
const valueWords = (name: string, value: unknown, zone: Zone): string => {
  if (Array.isArray(value)) return value.map((one) => valueWords(name, one, zone)).join(" or ");
  if (name === "fromMs" || name === "toMs") return dateTime(new Date(Number(value)).toISOString(), zone);
  if (name === "codes" && isEventCode(String(value))) return eventTypes[String(value) as keyof typeof eventTypes].name;
  return String(value);
};

const filterWords = (filter: object, zone: Zone): string[] =>
  Object.entries(filter)
    .filter(([name, value]) => name !== "not" && value !== undefined && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${retentionTexts.scope.names[name] ?? name}: ${valueWords(name, value, zone)}`);

const queryWords = ({ not, ...filter }: Filter, zone: Zone): string =>
  [...filterWords(filter, zone), ...filterWords(not ?? {}, zone).map(retentionTexts.scope.not)].join("; ");

/** What a hold is on, in a sentence. */
export const scopeWords = (scope: Scope, zone: Zone): string => {
  const words = retentionTexts.scope;
  if (scope.kind === "object") return words.object(`${typeName(scope.type)} ${scope.id}`);
  if (scope.kind === "actor") return words.actor(`${typeName(scope.type)} ${scope.id}`);
  if (scope.kind === "query") return words.query(queryWords(scope.filter, zone));
  const [from, to] = [scope.fromMs, scope.toMs].map((ms) => dateTime(new Date(ms).toISOString(), zone));
  return words.time(from ?? "", to ?? "");
};

/** What a run did, in a line. */
export const runWords = (run: Run): string => {
  const words = retentionTexts.runs;
  if (run.state === "asked") return words.asked;
  const parts = [
    ...(run.rows > 0 || run.partitions > 0 ? [words.removed(count(run.rows), count(run.partitions))] : []),
    ...(run.held > 0 ? [words.held(count(run.held))] : []),
    ...(run.skipped.length > 0 ? [words.left(count(run.skipped.length))] : []),
  ];
  if (run.state === "running") return [words.running, ...parts].join(": ");
  if (parts.length > 0) return `${parts.join(", ")}.`;
  return run.state === "failed" ? words.failed : words.nothing;
};

export const skipWords = (reason: string | null): string => retentionTexts.skipped[reason ?? ""] ?? reason ?? "";

/** Who asked for a run. */
export const runBy = (startedBy: string, me: number | undefined): string => {
  const { by, byUser } = retentionTexts.runs;
  const [, id] = /^user:(\d+)$/.exec(startedBy) ?? [];
  if (id === undefined) return by.schedule;
  return Number(id) === me ? by.you : byUser(id);
};
