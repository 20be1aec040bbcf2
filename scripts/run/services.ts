import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** What the suites with real servers need. An empty path: not on this machine. */
export type Services = { redisServer: string; chromium: string };

/**
 * Finds redis-server and Chromium; as root on Debian installs what is missing. REDIS_SERVER and CHROMIUM name others,
 * or, when empty, do without.
 */
export function findServices(): Services {
  const before = look();
  const missing = [
    ...(before.redisServer === "" && process.env.REDIS_SERVER === undefined ? ["redis-server"] : []),
    ...(before.chromium === "" && process.env.CHROMIUM === undefined ? ["chromium"] : []),
  ];
  if (missing.length === 0 || process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return before;
  console.log(`Installing ${missing.join(" and ")} for the tests, with apt-get …`);
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", ...missing]]) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("apt-get", ["-qq", ...args], { stdio: ["ignore", "ignore", "inherit"], env });
  }
  return look();
}

/** Sentences about the suites that cannot run here; none when all can. */
export function missingSuites({ redisServer, chromium }: Services): string[] {
  const without = [];
  if (!redisServer) without.push("the suites on Redis do NOT run: there is no redis-server on the PATH");
  if (!chromium) without.push("the journeys in a browser do NOT run: there is no chromium on the PATH");
  return without;
}

const look = (): Services => ({
  redisServer: process.env.REDIS_SERVER ?? onPath("redis-server"),
  chromium: process.env.CHROMIUM ?? ["chromium", "chromium-browser", "google-chrome"].map(onPath).find(Boolean) ?? "",
});

function onPath(name: string): string {
  const paths = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
  return paths.find(isExecutable) ?? "";
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
