import { existsSync } from "node:fs";
import { join } from "node:path";
import { runChecks } from "./run/checks.ts";
import { findServices, missingSuites } from "./run/services.ts";
import { root, runLoudly, runQuietly, stopWithSteps } from "./run/step.ts";

stopWithSteps();
const args = process.argv.slice(2);
const services = findServices();
const env = { REDIS_SERVER: services.redisServer, CHROMIUM: services.chromium };
const without = missingSuites(services);
for (const sentence of without) console.warn(`! Here ${sentence}.`);
if (without.length > 0 && process.env.CI === "true") {
  console.error("Under CI every suite must run.");
  process.exit(1);
}
const vitest = (more: string[]) => runLoudly({ name: "tests", tool: "vitest", args: ["run", ...more], env });

const build = ["run", "build", "--filter=@countersign/web", "--output-logs=errors-only"];

if (args.length > 0) {
  process.exitCode = (await vitest(args)) ? 0 : 1;
} else {
  process.exitCode = (await everything()) ? 0 : 1;
}

/** Goes on after a failure, so that one run tells all of it. */
async function everything(): Promise<boolean> {
  const since = performance.now();
  const parts: [string, boolean][] = [["checks", await runChecks()]];
  parts.push(["web app", await runQuietly({ name: "web app builds", tool: "turbo", args: build })]);
  parts.push(["tests", await vitest(["--passWithNoTests"])]);
  if (existsSync(join(root, "chaos/main.ts"))) {
    parts.push(["faults", await runLoudly({ name: "faults", tool: "chaos/main.ts", args: ["--short"], env })]);
  }
  console.log(`\n${parts.map(([name, passed]) => `${passed ? "✓" : "✗"} ${name}`).join("   ")}`);
  for (const sentence of without) console.warn(`! Here ${sentence}.`);
  console.log(`${((performance.now() - since) / 1000).toFixed(0)} s`);
  return parts.every(([, passed]) => passed);
}
