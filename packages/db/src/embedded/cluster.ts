import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, closeSync, openSync, renameSync, statSync } from "node:fs";
import { chmod, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Account, type Binaries, run } from "./binaries.ts";
import { StartError } from "./start-error.ts";

/** One server's folder and how it is run. Inside: `cluster` (the data), `password`, `port`, `server.log`. */
export type Cluster = { dataDir: string; binaries: Binaries; settings: Record<string, string>; durable: boolean };

/** Makes the data folder when there is none and answers the superuser's password. Call it under the start lock. */
export async function ensureCluster(cluster: Cluster): Promise<string> {
  const { dataDir } = cluster;
  const passwordFile = join(dataDir, "password");
  const exists = await present(join(dataDir, "cluster", "PG_VERSION"));
  if (!(await present(passwordFile))) {
    if (exists)
      throw new StartError(
        `The file ${passwordFile} is missing, and the database cannot be opened without it; put it back.`,
      );
    await writeOwned(cluster, passwordFile, randomBytes(24).toString("base64url"));
  }
  if (!exists) await createCluster(cluster, passwordFile);
  return (await readFile(passwordFile, "utf8")).trim();
}

/** Writes a file that only the server's account can read; it is there whole or not at all. */
export async function writeOwned(cluster: Cluster, path: string, content: string): Promise<void> {
  const draft = `${path}.new`;
  await writeFile(draft, content, { mode: 0o600 });
  await chmod(draft, 0o600);
  giveTo(cluster.binaries.account, draft);
  await rename(draft, path);
}

/** Opens the server's log for appending; a long one becomes `server.log.old`. */
export function openLog(cluster: Cluster): number {
  const path = join(cluster.dataDir, "server.log");
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 8 * 1024 * 1024) renameSync(path, `${path}.old`);
  const log = openSync(path, "a", 0o600);
  giveTo(cluster.binaries.account, path);
  return log;
}

function giveTo(account: Account, path: string): void {
  if (account !== null && "uid" in account) chownSync(path, account.uid, account.gid);
}

/** initdb works in a draft folder, which takes its name when complete: a start killed half-way leaves no half database. */
async function createCluster(cluster: Cluster, passwordFile: string): Promise<void> {
  const { dataDir, binaries } = cluster;
  for (const left of await readdir(dataDir)) {
    if (!left.startsWith("cluster-draft-")) continue;
    // An orphaned initdb may still write there: it gives up by itself, and what stays goes with the next start.
    await rm(join(dataDir, left), { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }
  const draft = join(dataDir, `cluster-draft-${randomBytes(4).toString("hex")}`);
  const ctype = process.platform === "darwin" ? "UTF-8" : "C.UTF-8";
  const args = ["-D", draft, "-U", "postgres", "--auth=scram-sha-256", `--pwfile=${passwordFile}`, "-E", "UTF8"];
  args.push("--locale=C", `--lc-ctype=${ctype}`, "--locale-provider=builtin", "--builtin-locale=C.UTF-8");
  if (!cluster.durable) args.push("--no-sync");
  const log = openLog(cluster);
  try {
    const [code] = await once(run(binaries.account, binaries.initdb, args, dataDir, log), "exit");
    if (code !== 0) throw new StartError(`A new database could not be made in ${dataDir}: ${await lastWords(cluster)}`);
  } finally {
    closeSync(log);
  }
  await rename(draft, join(dataDir, "cluster"));
}

/** The last line the server or initdb wrote: its own reason. */
export async function lastWords(cluster: Cluster): Promise<string> {
  const lines = (await readFile(join(cluster.dataDir, "server.log"), "utf8")).trim().split("\n");
  const telling = lines.slice(-30).filter((line) => /FATAL|PANIC|ERROR|error/.test(line));
  const reason = (telling.at(-1) ?? lines.at(-1) ?? "").replace(/^.*?(FATAL|PANIC|ERROR|error): +/, "");
  return reason || "it gave no reason.";
}

async function present(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
