import { type FindingCode, findingCodes } from "@countersign/audit/ledger/findings";
import type { Status } from "./integrity-state.ts";

export type Run = Status["verifications"][number];
/** Something that does not fit: the sentence, where in the log, which part, and the event if it is known. */
export type Found = { sentence: string; index: number | null; part: string | null; id: string | null };
export type RunState =
  | { kind: "waiting" | "stopped" }
  | { kind: "running"; done: number; total: number }
  | { kind: "intact"; isSelfConsistent: boolean }
  | { kind: "found"; isSelfConsistent: boolean; found: number; findings: readonly Found[] };

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const numberOr = <Other>(value: unknown, other: Other) => (typeof value === "number" ? value : other);
const textOrNull = (value: unknown) => (typeof value === "string" ? value : null);

const findingOf = (value: unknown): Found | null => {
  if (!isRecord(value) || typeof value.code !== "string" || !Object.hasOwn(findingCodes, value.code)) return null;
  return {
    sentence: findingCodes[value.code as FindingCode].sentence,
    index: numberOr(value.index, null),
    part: textOrNull(value.part),
    id: textOrNull(value.id),
  };
};

/** How a verification stands, out of its record; a report that cannot be read is none that came to its end. */
export const runState = ({ finishedAt, ok, done, total, report }: Run): RunState => {
  if (finishedAt === null) return total === 0 ? { kind: "waiting" } : { kind: "running", done, total };
  if (ok === null || !isRecord(report)) return { kind: "stopped" };
  const isSelfConsistent = report.trust === "self_consistent";
  if (ok) return { kind: "intact", isSelfConsistent };
  const findings = (Array.isArray(report.findings) ? report.findings : []).flatMap((each) => findingOf(each) ?? []);
  return { kind: "found", isSelfConsistent, found: numberOr(report.found, findings.length), findings };
};

/** Whether a worker is at a verification or is asked for one. What is run at the command line ends by itself. */
export const isUnderWay = (runs: readonly Run[]): boolean =>
  runs.some(({ finishedAt, startedBy }) => finishedAt === null && startedBy !== "cli");

/** The newest verification that came to its end. */
export const lastEnded = (runs: readonly Run[]): Run | undefined =>
  runs.find(({ finishedAt, ok }) => finishedAt !== null && ok !== null);
