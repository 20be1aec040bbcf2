import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "../scripts/run/step.ts";

/** What the figures were measured on. */
export type Machine = {
  cpu: string;
  cores: number;
  memoryGiB: number;
  node: string;
  platform: string;
  /** What else kept the machine busy when the bench began: processes that wanted a core, over the last minute. */
  loadBefore: number;
};

export const machine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.versions.node,
  platform: `${process.platform} ${process.arch}`,
  loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
});

const libraries = { postgres: "packages/db", "drizzle-orm": "packages/db", bullmq: "packages/queue", hono: "apps/api" };
const trpc = { "@trpc/server": "apps/api", "@hono/node-server": "apps/api" };

/** Our own version and those of the libraries on the measured way. */
export const versions = (): Record<string, string> => {
  const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const found: Record<string, string> = { countersign: own.version };
  for (const [name, workspace] of Object.entries({ ...libraries, ...trpc })) found[name] = versionOf(name, workspace);
  return found;
};

/** Packages that hide their package.json are found by the folder their main file lies in. */
const versionOf = (name: string, workspace: string): string => {
  const require = createRequire(join(root, workspace, "package.json"));
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8")) as { version: string }).version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return "unknown";
};
