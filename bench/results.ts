import { median, spread } from "./rounds.ts";

export type Goal = { atLeast: number } | { atMost: number };

export type Result = {
  id: string;
  what: string;
  /** Null for a figure that is only shown beside the others. */
  goal: Goal | null;
  value: number;
  met: boolean | null;
  spread: readonly [number, number];
  unit: string;
  rounds: readonly Record<string, number>[];
};

export type Report = { results: readonly Result[]; notes: readonly string[] };

/** A ratio taken within each round; the result is the median of the rounds. */
export const ratio = <Name extends string>(
  id: string,
  what: string,
  goal: Goal,
  rounds: readonly Record<Name, number>[],
  of: (round: Record<Name, number>) => number,
): Result => {
  const values = rounds.map(of);
  const value = median(values);
  const met = "atLeast" in goal ? value >= goal.atLeast : value <= goal.atMost;
  return {
    id,
    what,
    goal,
    value,
    met,
    spread: spread(values),
    unit: "×",
    rounds: rounds.map((round, index) => ({ ...round, ratio: values[index] ?? Number.NaN })),
  };
};

/** A plain figure without a goal. */
export const figure = <Name extends string>(
  id: string,
  what: string,
  unit: string,
  rounds: readonly Record<Name, number>[],
  of: Name,
): Result => {
  const values = rounds.map((round) => round[of]);
  const value = median(values);
  return {
    id,
    what,
    goal: null,
    value,
    met: null,
    spread: spread(values),
    unit,
    rounds: values.map((one) => ({ [of]: one })),
  };
};

const short = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(2);

const goalText = (goal: Goal | null): string =>
  goal === null ? "" : "atLeast" in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`;

const verdict = (met: boolean | null): string => (met === null ? "" : met ? "met" : "not met");

/** The figures as a table in plain text. */
export const table = (results: readonly Result[]): string => {
  const header = ["", "what", "goal", "figure", "lowest … highest", ""];
  const rows = results.map(({ id, what, goal, value, unit, met, spread: [low, high] }) => [
    id,
    what,
    goalText(goal),
    `${short(value)} ${unit}`,
    `${short(low)} … ${short(high)}`,
    verdict(met),
  ]);
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(header), widths.map((width) => "─".repeat(width)).join("  "), ...rows.map(line)].join("\n");
};
