import { spawn } from "node:child_process";
import { join } from "node:path";
import { connectionUrls } from "@countersign/db/database-roles";
import { complain } from "./run/sentence.ts";
import { root } from "./run/step.ts";
import { requirePostgres } from "./start/checks.ts";
import { webDist } from "./start/web-build.ts";

// One part alone, for containers: from the owner's DATABASE_URL it gives the part its own role's address and nothing more.
const part = process.argv[2] === "worker" ? "worker" : "api";

try {
  const adminUrl = process.env.DATABASE_URL ?? "";
  await requirePostgres(adminUrl, process.env.COUNTERSIGN_ACCEPT_LOSS === "true");
  const urls = await connectionUrls(adminUrl);
  const queue = process.env.REDIS_URL ? {} : { QUEUE_DATABASE_URL: urls.queue };
  const env = { ...process.env, NODE_ENV: "production", WEB_DIST: webDist, ...queue, DATABASE_URL: urls[part] };
  const args = ["--max-semi-space-size=64", "--import", "tsx", join(root, `apps/${part}/src/main.ts`)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "inherit", "inherit", "ipc"], env });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  child.on("exit", (code) => process.exit(code ?? 1));
} catch (error) {
  complain(error);
  process.exit(1);
}
