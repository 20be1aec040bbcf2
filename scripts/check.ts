import { runChecks } from "./run/checks.ts";
import { stopWithSteps } from "./run/step.ts";

stopWithSteps();
if (!(await runChecks())) process.exitCode = 1;
