import { parseArgs } from "node:util";

export const goalIds = ["P1", "P2", "P3", "P5", "P6", "P8", "P9"] as const;
export type GoalId = (typeof goalIds)[number];

export type Options = {
  only: readonly GoalId[];
  rounds: number;
  /** Where the figures go as JSON. */
  json: string | undefined;
  /** A folder for CPU profiles of api, worker and peers. */
  profile: string | undefined;
};

const usage = "npm run bench -- [--only P1,P2,P3] [--rounds 5] [--json FILE] [--profile FOLDER]";

const refuse = (sentence: string): never => {
  throw new Error(`${sentence}\n${usage}`);
};

/** Reads the command line. Throws an error with a sentence and the usage. */
export const readOptions = (args: readonly string[]): Options => {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ args: [...args], options: { only: text, rounds: text, json: text, profile: text } });
  const asked = (values.only ?? goalIds.join(",")).split(",").map((id) => id.trim().toUpperCase());
  const only = goalIds.filter((id) => asked.includes(id));
  const unknown = asked.find((id) => !goalIds.some((known) => known === id));
  if (unknown !== undefined) refuse(`There is no goal "${unknown}" here; there are ${goalIds.join(", ")}.`);
  const rounds = Number(values.rounds ?? 5);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) refuse("--rounds takes a whole number from 1 to 100.");
  return { only, rounds, json: values.json, profile: values.profile };
};
