import { findServices, missingSuites } from "./run/services.ts";
import { runLoudly, runQuietly, stopWithSteps } from "./run/step.ts";

stopWithSteps();
const services = findServices();
const env = { REDIS_SERVER: services.redisServer, CHROMIUM: services.chromium };
for (const sentence of missingSuites(services)) console.warn(`! Here ${sentence}.`);
const built = await runQuietly({
  name: "web app builds",
  tool: "turbo",
  args: ["run", "build", "--filter=@countersign/web", "--output-logs=errors-only"],
});
const args = ["run", "--project", "e2e", ...process.argv.slice(2)];
if (!built || !(await runLoudly({ name: "journeys", tool: "vitest", args, env }))) process.exitCode = 1;
