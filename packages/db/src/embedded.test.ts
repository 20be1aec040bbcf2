import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { afterEach, expect, test } from "vitest";
import { isPostmasterOf, startTimeOf } from "./embedded/processes.ts";
import { type EmbeddedServer, StartError, startEmbedded, type WatchEvent } from "./embedded.ts";

const root = new URL("../../..", import.meta.url).pathname;
const isRoot = process.getuid?.() === 0;
const servers: EmbeddedServer[] = [];
const folders: string[] = [];
const children: ChildProcess[] = [];

function freshFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), "countersign-embedded-"));
  chmodSync(parent, 0o755);
  folders.push(parent);
  return join(parent, "postgres");
}

async function start(dataDir: string): Promise<EmbeddedServer> {
  const server = await startEmbedded({ dataDir, durable: false });
  servers.push(server);
  return server;
}

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const server of servers.splice(0)) await server.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function ask<T>(url: string, question: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    return await question(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Another Node process that starts the server and stays; answers what it printed. */
async function startElsewhere(dataDir: string, user?: { uid: number; gid: number }, ephemeral = false) {
  const code = `import { startEmbedded } from "${root}packages/db/src/embedded.ts";
    const server = await startEmbedded({ dataDir: process.argv[1], durable: false, ephemeral: ${ephemeral} });
    console.log(JSON.stringify({ pid: server.pid, url: server.url }));
    setInterval(() => {}, 1000);`;
  const args = ["--import", "tsx", "--input-type=module", "-e", code, dataDir];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"], ...user });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, ...(JSON.parse(line) as { pid: number; url: string }) };
  }
  throw new Error("the other process ended without an answer");
}

const postmastersOf = (dataDir: string) =>
  execFileSync("ps", ["-e", "-o", "pid=,ppid=,comm="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([pid, , name]) => name === "postgres" && isPostmasterOf(Number(pid), join(dataDir, "cluster")))
    .filter(([, ppid], _, all) => !all.some(([pid]) => pid === ppid))
    .map(([pid]) => Number(pid));

test("a stopped server comes back on the same address with its rows", async () => {
  const dataDir = freshFolder();
  const first = await start(dataDir);
  expect(first.adopted).toBe(false);
  await ask(first.databaseUrl, (sql) => sql`create table kept as select 7 as number`);
  const { databaseUrl, pid } = first;
  await first.stop();
  expect(startTimeOf(pid)).toBeNull();
  const second = await start(dataDir);
  expect(second.databaseUrl).toBe(databaseUrl);
  expect(await ask(databaseUrl, (sql) => sql`select number from kept`)).toMatchObject([{ number: 7 }]);
});

test("only this machine reaches it, only with the password, which only its account can read", async () => {
  const dataDir = freshFolder();
  const server = await start(dataDir);
  expect(statSync(join(dataDir, "password")).mode & 0o777).toBe(0o600);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  const [row] = await ask(
    server.url,
    (sql) =>
      sql`select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets`,
  );
  expect(row).toEqual({ addresses: "127.0.0.1", sockets: "" });
  const wrong = server.url.replace(/:[^:@]+@/, ":wrong@");
  await expect(ask(wrong, (sql) => sql`select 1`)).rejects.toMatchObject({ code: "28P01" });
  if (isRoot && process.platform === "linux") {
    expect(readFileSync(`/proc/${server.pid}/status`, "utf8")).not.toMatch(/^Uid:\s+0\s/m);
  }
});

test("a product's server keeps what it confirms, a test's does not promise to", async () => {
  const settings = (server: EmbeddedServer) =>
    ask(
      server.url,
      (sql) =>
        sql`select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')`,
    );
  const durable = await startEmbedded({ dataDir: freshFolder(), settings: { max_connections: "50" } });
  servers.push(durable);
  expect((await settings(durable)).map(({ setting }) => setting)).toEqual(["on", "on", "on"]);
  expect(await ask(durable.url, (sql) => sql`show max_connections`)).toMatchObject([{ max_connections: "50" }]);
  expect((await settings(await start(freshFolder()))).map(({ setting }) => setting)).toEqual(["off", "off", "off"]);
});

test("a server whose parent was killed is adopted, not started twice", async () => {
  const dataDir = freshFolder();
  const other = await startElsewhere(dataDir);
  other.child.kill("SIGKILL");
  await sleep(100);
  const server = await start(dataDir);
  expect(server).toMatchObject({ adopted: true, pid: other.pid, url: other.url });
});

test("after a kill of server and parent together the next start recovers", async () => {
  const dataDir = freshFolder();
  const other = await startElsewhere(dataDir);
  other.child.kill("SIGKILL");
  process.kill(other.pid, "SIGKILL");
  const server = await start(dataDir);
  expect(server.adopted).toBe(false);
  expect(server.url).toBe(other.url);
  expect(await ask(server.url, (sql) => sql`select 1 as one`)).toMatchObject([{ one: 1 }]);
});

test("an ephemeral server goes with a killed parent, and so does its folder; a stopped one leaves it", async () => {
  const dataDir = freshFolder();
  const other = await startElsewhere(dataDir, undefined, true);
  other.child.kill("SIGKILL");
  await expect.poll(() => existsSync(dataDir), { timeout: 10_000 }).toBe(false);
  expect(startTimeOf(other.pid)).toBeNull();
  const server = await startEmbedded({ dataDir, durable: false, ephemeral: true });
  await server.stop();
  expect(existsSync(join(dataDir, "cluster"))).toBe(true);
});

test("a pid file that names another program's process does not stop a start", async () => {
  const dataDir = freshFolder();
  const first = await start(dataDir);
  const pidFile = join(dataDir, "cluster", "postmaster.pid");
  const left = readFileSync(pidFile, "utf8");
  await first.stop();
  const owner = statSync(join(dataDir, "cluster"));
  const identity = isRoot ? { uid: owner.uid, gid: owner.gid } : {};
  const stranger = spawn("sleep", ["60"], { stdio: "ignore", ...identity });
  writeFileSync(pidFile, left.replace(/^[0-9]+/, String(stranger.pid)));
  try {
    expect((await start(dataDir)).adopted).toBe(false);
  } finally {
    stranger.kill("SIGKILL");
  }
});

test("starts at the same moment end with one server", async () => {
  const dataDir = freshFolder();
  const others = await Promise.all([startElsewhere(dataDir), startElsewhere(dataDir)]);
  const here = await start(dataDir);
  expect(new Set([here.pid, ...others.map(({ pid }) => pid)]).size).toBe(1);
  expect(postmastersOf(dataDir)).toEqual([here.pid]);
});

test("a watched server that is killed comes back on the same address", async () => {
  const server = await start(freshFolder());
  const { url, pid } = server;
  const seen: WatchEvent["kind"][] = [];
  server.watch(({ kind }) => seen.push(kind));
  process.kill(pid, "SIGKILL");
  await expect.poll(() => seen, { timeout: 15_000 }).toEqual(["died", "restarted"]);
  expect(server.url).toBe(url);
  expect(server.pid).not.toBe(pid);
  expect(await ask(url, (sql) => sql`select 1 as one`)).toMatchObject([{ one: 1 }]);
});

test("a port that another program has taken meanwhile is left to it", async () => {
  const dataDir = freshFolder();
  const first = await start(dataDir);
  const { port } = first;
  await first.stop();
  const stranger = createServer();
  await new Promise<void>((resolve) => stranger.listen(port, "127.0.0.1", resolve));
  try {
    expect((await start(dataDir)).port).not.toBe(port);
  } finally {
    stranger.close();
  }
});

test("an initdb cut short leaves nothing in the way", async () => {
  const dataDir = freshFolder();
  mkdirSync(join(dataDir, "cluster-draft-dead"), { recursive: true, mode: 0o700 });
  writeFileSync(join(dataDir, "cluster-draft-dead", "PG_VERSION"), "18");
  await start(dataDir);
  expect(statSync(join(dataDir, "cluster-draft-dead"), { throwIfNoEntry: false })).toBeUndefined();
});

test("what cannot start says why in one sentence", async () => {
  const dataDir = freshFolder();
  const bad = startEmbedded({ dataDir, durable: false, settings: { work_mem: "many" } });
  await expect(bad).rejects.toBeInstanceOf(StartError);
  await expect(bad).rejects.toMatchObject({ sentence: expect.stringContaining("work_mem") });
  rmSync(join(dataDir, "password"));
  await expect(start(dataDir)).rejects.toMatchObject({ sentence: expect.stringContaining("password is missing") });
});

test.runIf(isRoot && process.platform === "linux")(
  "a folder no other user can enter is served through a mapped user",
  async () => {
    const parent = mkdtempSync(join(tmpdir(), "countersign-private-"));
    folders.push(parent);
    const server = await start(join(parent, "postgres"));
    expect(statSync(join(parent, "postgres", "cluster")).uid).toBe(0);
    expect(await ask(server.url, (sql) => sql`select 1 as one`)).toMatchObject([{ one: 1 }]);
  },
);

test.runIf(isRoot && process.platform === "linux")("an ordinary user runs it as themself", async () => {
  const dataDir = freshFolder();
  const id = (flag: string) => Number(spawnSync("id", [flag, "nobody"], { encoding: "utf8" }).stdout);
  const user = { uid: id("-u"), gid: id("-g") };
  execFileSync("chown", ["nobody", join(dataDir, "..")]);
  const other = await startElsewhere(dataDir, user);
  expect(statSync(join(dataDir, "cluster")).uid).toBe(user.uid);
  other.child.kill("SIGKILL");
  expect((await start(dataDir)).adopted).toBe(true);
});
