import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, runQuietly, type Step } from "./step.ts";

const color = process.stdout.isTTY ? "--colors=force" : "--colors=off";

const steps: Step[] = [
  {
    name: "format, lint, layers",
    tool: "biome",
    args: ["ci", "--diagnostic-level=warn", "--error-on-warnings", color, "."],
  },
  { name: "types of apps and packages", tool: "turbo", args: ["run", "typecheck", "--output-logs=errors-only"] },
  { name: "types of scripts and journeys", tool: "tsc", args: ["--noEmit"] },
  { name: "dead code", tool: "knip", args: ["--no-progress"] },
  { name: "package versions", tool: "sherif", args: [] },
  { name: "docs/events.md is current", tool: "scripts/docs-events.ts", args: ["--check"] },
];

/** Runs every check that needs no service, one line each; true when all passed. */
export async function runChecks(): Promise<boolean> {
  let passed = true;
  for (const step of steps) {
    if (step.tool.endsWith(".ts") && !existsSync(join(root, step.tool))) continue;
    passed = (await runQuietly(step)) && passed;
  }
  return passed;
}
