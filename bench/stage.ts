import { chmodSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type Database } from "@countersign/db/client";
import { type ConnectionUrls, connectionUrls } from "@countersign/db/database-roles";
import { startEmbedded } from "@countersign/db/embedded";
import { migrate } from "@countersign/db/migrate";
import { startRedis } from "@countersign/queue/testing";
import { seed } from "../apps/api/src/setup.ts";
import { type Child, type ChildOptions, startChild } from "./child.ts";
import { cpuOfFamily } from "./cpu.ts";
import type { LoadJob, LoadReport } from "./load-job.ts";

export type Office = {
  /** As the superuser. */
  admin: Database;
  urls: ConnectionUrls;
};

/** The servers of one run. Everything that is started through it ends with `end`. */
export type Stage = {
  redisUrl: string;
  redisPid: number;
  postgresVersion: string;
  /** A migrated and seeded database; its administrator's password is `password`. */
  office: (name: string) => Promise<Office>;
  /** An empty folder that goes with the run. */
  folder: (name: string) => Promise<string>;
  start: (options: Pick<ChildOptions, "name" | "file" | "env">) => Promise<Child>;
  /** Sends what the job says, from a process of its own. Throws when an answer was neither 200 nor busy. */
  load: (job: LoadJob) => Promise<LoadReport>;
  /** How often a server said that it was busy, over all loads. */
  busyAnswers: () => number;
  postgresCpu: () => number;
  end: () => Promise<void>;
};

export const password = "correct horse battery stapler";

/** Starts PostgreSQL, as the product runs it by itself, Redis and the load generator. */
export const openStage = async (profile: string | undefined): Promise<Stage> => {
  const undo: (() => Promise<unknown>)[] = [];
  const endAll = async (): Promise<void> => {
    for (const step of undo.splice(0)) await step().catch((error: unknown) => console.error(String(error)));
  };
  // Whoever asks again waits for the same end.
  let ended: Promise<void> | undefined;
  const end = (): Promise<void> => {
    ended ??= endAll();
    return ended;
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), "countersign-bench-"));
    undo.unshift(() => rm(folder, { recursive: true, force: true }));
    // The server may have to run under another account, which must be able to pass.
    chmodSync(folder, 0o755);
    const dataDir = join(folder, "postgres");
    await mkdir(dataDir);
    const server = await startEmbedded({ dataDir });
    undo.unshift(() => server.stop());
    const redis = await startRedis();
    undo.unshift(() => redis.stop());
    const start: Stage["start"] = async (options) => {
      const child = await startChild({ ...options, log: join(folder, `${options.name}.log`), profile });
      undo.unshift(() => child.stop());
      return child;
    };
    const root = connect(server.url, { name: "bench root", max: 1 });
    undo.unshift(() => root.end(1));
    const [version] = await root.sql`show server_version`;
    const office: Stage["office"] = async (name) => {
      await root.sql.unsafe(`create database ${name}`);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      await migrate(url.href);
      await seed(url.href, { adminPassword: password });
      const admin = connect(url.href, { name: "bench", max: 4, statementTimeoutMs: 120_000 });
      undo.unshift(() => admin.end(1));
      return { admin, urls: await connectionUrls(url.href) };
    };
    const loader = await startChild({
      name: "load",
      file: "bench/load.ts",
      log: join(folder, "load.log"),
      profile: undefined,
    });
    undo.unshift(() => loader.stop());
    let busy = 0;
    return {
      redisUrl: redis.url,
      redisPid: redis.pid,
      postgresVersion: String(version?.server_version),
      office,
      folder: async (name) => {
        const path = join(folder, name);
        await mkdir(path);
        return path;
      },
      start,
      load: async (job) => {
        const report = await loader.ask<LoadJob, LoadReport>(job);
        busy += report.busy;
        if (report.problem !== null) throw new Error(`A call to ${job.path} was answered with ${report.problem}`);
        return report;
      },
      busyAnswers: () => busy,
      postgresCpu: () => cpuOfFamily(server.pid),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
};
