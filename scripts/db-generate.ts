import { runLoudly } from "./run/step.ts";

const args = ["generate", ...process.argv.slice(2)];
if (!(await runLoudly({ name: "migration", tool: "drizzle-kit", args }))) process.exitCode = 1;
