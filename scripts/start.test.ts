import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startTimeOf } from "@countersign/db/embedded/processes";
import type {} from "@countersign/db/testing/global-setup";
import { freePort } from "@countersign/queue/testing";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

const root = new URL("..", import.meta.url).pathname;
const redisServer = process.env.REDIS_SERVER ?? "redis-server";
const children: ChildProcess[] = [];
const closing: (() => unknown)[] = [];
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-start-"));
  chmodSync(folder, 0o755);
});
afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill("SIGTERM");
  await Promise.all(
    children.filter(({ exitCode, signalCode }) => exitCode === null && !signalCode).map((child) => once(child, "exit")),
  );
  for (const close of closing) await close();
  rmSync(folder, { recursive: true, force: true });
});

function listen(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(port, "127.0.0.1", () => resolve(server));
  });
}

type Env = Record<string, string>;
type Run = { child: ChildProcess; text: () => string; errors: () => string; port: number };

async function begin(env: Env, command = [process.execPath, "scripts/bootstrap.mjs", "start"]): Promise<Run> {
  const port = Number(env.PORT ?? (await freePort()));
  const { DATABASE_URL: _url, REDIS_URL: _redis, ...inherited } = process.env;
  const child = spawn(command[0]!, command.slice(1), {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...inherited, NODE_ENV: "", DATA_DIR: join(folder, "data"), ...env, PORT: String(port) },
  });
  children.push(child);
  const output = { out: "", err: "" };
  child.stdout!.on("data", (chunk) => (output.out += chunk));
  child.stderr!.on("data", (chunk) => (output.err += chunk));
  return { child, text: () => output.out, errors: () => output.err, port };
}

async function ready(run: Run): Promise<Run> {
  await expect.poll(() => run.text() + run.errors(), { timeout: 90_000, interval: 50 }).toMatch(/Ready {2}/);
  return run;
}

async function ended(run: Run): Promise<number | null> {
  if (run.child.exitCode === null) await once(run.child, "exit");
  return run.child.exitCode;
}

const parts = () => {
  const { main, children } = JSON.parse(readFileSync(join(folder, "data", "run.json"), "utf8"));
  const server = Number(
    readFileSync(join(folder, "data", "postgres", "cluster", "postmaster.pid"), "utf8").split("\n")[0],
  );
  return { start: main.pid as number, api: children[0].pid as number, worker: children[1].pid as number, server };
};
const isGone = (pid: number) => startTimeOf(pid) === null;
const isReady = async ({ port }: Run) =>
  fetch(`http://127.0.0.1:${port}/health/ready`).then(
    ({ status }) => status,
    () => 0,
  );

describe("what cannot start says why in one sentence and fails", () => {
  async function refusal(env: Env): Promise<string> {
    const run = await begin({ DATA_DIR: join(folder, "refused"), ...env });
    expect(await ended(run)).toBe(1);
    expect(run.text()).not.toMatch(/Ready/);
    expect(run.errors().trim().split("\n")).toHaveLength(1);
    return run.errors();
  }

  test("a port that is taken", async () => {
    const server = await listen(0);
    closing.push(() => server.close());
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    expect(await refusal({ PORT: String(port) })).toMatch(`Port ${port} is taken by another program`);
  });

  test("a port that is none", async () => {
    expect(await refusal({ PORT: "99999" })).toMatch('PORT is "99999"');
  });

  test("a folder that cannot be written", async () => {
    writeFileSync(join(folder, "file"), "");
    expect(await refusal({ DATA_DIR: join(folder, "file", "data") })).toMatch("cannot be written");
  });

  test("a PostgreSQL that is not there", async () => {
    expect(await refusal({ DATABASE_URL: "postgres://me:secret@127.0.0.1:1/x" })).toMatch(
      "cannot be reached (ECONNREFUSED)",
    );
  });

  test("a PostgreSQL with another password, without the database, or that may lose what it confirms", async () => {
    const url = new URL(inject("postgresUrl"));
    url.password = "wrong-secret";
    const wrong = await refusal({ DATABASE_URL: url.href });
    expect(wrong).toMatch("refuses the user or password");
    expect(wrong).not.toMatch("wrong-secret");
    const missing = inject("postgresUrl").replace(/\/[^/]*$/, "/no_such");
    expect(await refusal({ DATABASE_URL: missing })).toMatch("has no database of that name");
    expect(await refusal({ DATABASE_URL: inject("postgresUrl") })).toMatch(/has fsync, .* off and may lose/);
  });

  test("an address that is none", async () => {
    expect(await refusal({ DATABASE_URL: "mysql://here/x" })).toMatch("DATABASE_URL is not a postgres:// address");
  });

  test.skipIf(redisServer === "")("a Redis that is not there, or may drop jobs", async () => {
    const port = await freePort();
    const env = { REDIS_URL: `redis://127.0.0.1:${port}` };
    expect(await refusal(env)).toMatch("did not answer");
    const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--maxmemory-policy", "allkeys-lru"];
    const redis = spawn(redisServer, options, { stdio: "ignore", cwd: folder });
    closing.push(() => redis.kill("SIGKILL"));
    await expect.poll(() => listens(port)).toBe(true);
    expect(await refusal(env)).toMatch("maxmemory-policy allkeys-lru");
  });

  test("a Node that is too old", () => {
    const pretend = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.4" } });
      await import("${root}scripts/bootstrap.mjs");`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", pretend], {
      encoding: "utf8",
    });
    expect(status).toBe(1);
    expect(stderr).toBe(
      "Countersign needs Node 20.19 or newer, and this is Node 18.20.4; install a newer one from nodejs.org.\n",
    );
  });
});

async function listens(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(true));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(false)));
  });
}

describe("a run on one data folder", { timeout: 120_000 }, () => {
  test("gets ready, is the only one on its data, comes back when a part is killed, and leaves nothing after Ctrl-C", async () => {
    const run = await ready(await begin({}));
    expect(await isReady(run)).toBe(200);
    expect(run.text()).toMatch(/admin, password \S{12,} /);

    const second = await begin({});
    expect(await ended(second)).toBe(1);
    expect(second.errors()).toMatch(/^Countersign already runs on .*\n$/);

    const before = parts();
    for (const pid of [before.api, before.worker, before.server]) process.kill(pid, "SIGKILL");
    await expect
      .poll(() => parts().api !== before.api && parts().worker !== before.worker && parts().server !== before.server, {
        timeout: 20_000,
      })
      .toBe(true);
    await expect.poll(() => isReady(run), { timeout: 20_000 }).toBe(200);

    const now = parts();
    process.kill(-run.child.pid!, "SIGINT");
    expect(await ended(run)).toBe(0);
    expect(Object.values(now).filter((pid) => !isGone(pid))).toEqual([]);
  });

  test("killed -9, leaves a database that the next start adopts, and its parts end by themselves", async () => {
    const run = await ready(await begin({}));
    const first = parts();
    process.kill(first.start, "SIGKILL");
    await ended(run);
    expect(isGone(first.server)).toBe(false);

    const next = await ready(await begin({ PORT: String(run.port) }));
    expect(next.text()).toMatch("still running from last time");
    expect(next.text()).not.toMatch("password");
    expect(parts().server).toBe(first.server);
    expect([first.api, first.worker].filter((pid) => !isGone(pid))).toEqual([]);

    const second = parts();
    next.child.kill("SIGKILL");
    await expect.poll(() => Object.values(second).filter((pid) => !isGone(pid)), { timeout: 30_000 }).toEqual([]);
  });

  test("ends with npm, although npm does not tell it; a second signal does not wait", async () => {
    const run = await ready(await begin({}, ["npm", "start"]));
    const first = parts();
    run.child.kill("SIGTERM");
    await expect.poll(() => Object.values(first).filter((pid) => !isGone(pid)), { timeout: 30_000 }).toEqual([]);

    const again = await ready(await begin({}));
    const second = parts();
    again.child.kill("SIGTERM");
    await sleep(200);
    const since = Date.now();
    again.child.kill("SIGTERM");
    expect(await ended(again)).not.toBe(0);
    expect(Date.now() - since).toBeLessThan(5000);
    await expect.poll(() => [second.start, second.api, second.worker].filter((pid) => !isGone(pid))).toEqual([]);
  });
});
