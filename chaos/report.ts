import type { Findings, Inspection } from "./checker.ts";
import type { History } from "./history.ts";

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
};

const inMs = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

export type Line = { scenario: string; note: string; drainMs: number; tookMs: number };

const columns = [
  ["fault", 28],
  ["", 34],
  ["yes", 7],
  ["no", 6],
  ["unknown", 8],
  ["answer p99", 11],
  ["stored p99", 11],
  ["longest", 9],
  ["drained", 8],
  ["took", 7],
] as const;

const row = (cells: readonly string[]): string =>
  `  ${cells.map((cell, index) => (index < 2 ? cell.padEnd(columns[index]![1]) : cell.padStart(columns[index]![1]))).join(" ")}`;

/** One line a scenario: how calls ended, how long answers took, and how long after its receipt an event was stored. */
export const table = (lines: readonly Line[], history: History, { lags }: Inspection): string => {
  const body = lines.map(({ scenario, note, drainMs, tookMs }) => {
    const calls = history.calls.filter((call) => call.scenario === scenario);
    const count = (outcome: string) => String(calls.filter((call) => call.outcome === outcome).length);
    const answered = calls.filter(({ outcome }) => outcome === "ok").map(({ ms }) => ms);
    const stored = lags.get(scenario) ?? [];
    return row([
      scenario,
      note,
      count("ok"),
      count("fail"),
      count("unknown"),
      inMs(percentile(answered, 0.99)),
      inMs(percentile(stored, 0.99)),
      inMs(percentile(stored, 1)),
      inMs(drainMs),
      inMs(tookMs),
    ]);
  });
  return [row(columns.map(([name]) => name)), ...body].join("\n");
};

const words: Record<keyof Findings, string> = {
  lost: "lost",
  waiting: "not stored",
  doubled: "doubled",
  altered: "altered",
  invented: "stored after a no",
  unpaired: "permits without event or the reverse",
  miscounted: "miscounted",
  unproven: "not proven",
  setAside: "set aside",
  untold: "not told once",
  undelivered: "not delivered",
  unstreamed: "not streamed",
};

/** The figures in one sentence, and a few examples of whatever is not zero. */
export const summary = (history: History, { findings, unanswered }: Inspection): { text: string; broken: string[] } => {
  const acknowledged = [...history.fates.values()].filter(({ outcome }) => outcome === "ok").length;
  const entries = Object.entries(findings) as [keyof Findings, string[]][];
  const figures = entries.map(([key, list]) => `${words[key]} ${list.length}`);
  const broken = entries
    .filter(([, list]) => list.length > 0)
    .map(([key, list]) => `${words[key]}: ${list.slice(0, 3).join("; ")}${list.length > 3 ? " …" : ""}`);
  const text = `acknowledged ${acknowledged} events and ${history.permits.size} permits: ${figures.join(", ")}; stored without an answer ${unanswered}`;
  return { text, broken };
};
