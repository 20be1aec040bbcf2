import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { connect as connectSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type Database } from "@countersign/db/client";
import { startEmbedded } from "@countersign/db/embedded";
import { freePort, type RedisServer, startRedis } from "@countersign/queue/testing";
import { prepare } from "../scripts/start/prepare.ts";
import { type Part, startPart, until } from "./part.ts";
import { type Receivers, startReceivers } from "./receivers.ts";

export type QueueKind = "redis" | "postgres";

/** The whole product on this machine, as `npm start` runs it, with a second worker and a way to hurt each part. */
export type Office = {
  kind: QueueKind;
  url: string;
  port: number;
  password: string;
  /** Where the product keeps its data, the anchor of its log among it. */
  dataDir: string;
  /** The superuser's connection, for looking and for tampering. */
  admin: Database;
  api: Part;
  /** The address that the api has of its database. */
  apiDatabaseUrl: string;
  workers: readonly [Part, Part];
  redis: RedisServer | undefined;
  /** Whom it tells of alerts, and where its log is streamed to. */
  receivers: Receivers;
  flushRedis(): Promise<void>;
  /** SIGKILL to the postmaster; the product's supervisor starts it again. Answers when the server takes statements again. */
  killDatabase(): Promise<{ awayMs: number }>;
  stop(): Promise<void>;
};

/** Durable as in production, and with commit times, from which the way of each event is read. */
const prepareCluster = async (dataDir: string): Promise<void> => {
  const server = await startEmbedded({ dataDir: join(dataDir, "postgres") });
  const db = connect(server.url, { name: "chaos", max: 1 });
  await db.sql`alter system set track_commit_timestamp = on`;
  await db.end(1);
  await server.stop();
};

const postmasterOf = async (dataDir: string): Promise<number> =>
  Number((await readFile(join(dataDir, "postgres/cluster/postmaster.pid"), "utf8")).split("\n")[0]);

const flush = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connectSocket(port, "127.0.0.1", () => socket.write("FLUSHALL\r\n"));
    socket.once("data", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });

/** Starts everything in a new folder below the system's temporary one; `stop` removes it unless told to leave it. */
export const openOffice = async (kind: QueueKind): Promise<Office & { leave(): void }> => {
  const dataDir = await mkdtemp(join(tmpdir(), "countersign-chaos-"));
  // The server runs under an account of its own, which must get through.
  await chmod(dataDir, 0o755);
  const undo: (() => Promise<void>)[] = [];
  let leave = false;
  undo.push(async () => {
    if (!leave) await rm(dataDir, { recursive: true, force: true });
  });
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0)) await step();
  };
  try {
    const redis = kind === "redis" ? await startRedis({ args: ["--appendonly", "yes"] }) : undefined;
    if (redis) undo.unshift(redis.stop);
    await prepareCluster(dataDir);
    const receivers = await startReceivers();
    undo.unshift(receivers.stop);
    const port = await freePort();
    const password = "seven calm lighthouses 41";
    const settings = {
      port,
      dataDir,
      databaseUrl: undefined,
      redisUrl: redis?.url,
      adminPassword: password,
      logName: undefined,
      acceptLoss: false,
    };
    const env = await prepare(settings, () => undefined, undo);
    const logs = join(dataDir, "logs");
    const unlimited = { CALLS_PER_SESSION: "0", CALLS_PER_ADDRESS: "0" };
    const ports = [await freePort(), await freePort()];
    const parts = await Promise.all([
      startPart("api", "api", { ...env.api, ...receivers.env, ...unlimited }, port, logs),
      ...ports.map((healthPort, index) =>
        startPart(
          `worker-${index + 1}`,
          "worker",
          { ...env.worker, ...receivers.env, HEALTH_PORT: String(healthPort) },
          healthPort,
          logs,
        ),
      ),
    ]);
    const [api, first, second] = parts;
    if (api === undefined || first === undefined || second === undefined) throw new Error("a part is missing");
    undo.unshift(async () => {
      for (const part of parts) part.signal("SIGCONT");
      await Promise.all(parts.map((part) => part.stop()));
    });
    const adminUrl = await adminUrlOf(dataDir);
    const admin = connect(adminUrl, { name: "chaos", max: 2, statementTimeoutMs: 60_000 });
    undo.unshift(() => admin.end(1));
    await admin.sql`update system_config set value = '["alarm@office.example"]' where key = 'notification.recipients'`;
    return {
      kind,
      url: `http://127.0.0.1:${port}`,
      port,
      password,
      admin,
      api,
      apiDatabaseUrl: env.api.DATABASE_URL ?? "",
      workers: [first, second],
      redis,
      receivers,
      flushRedis: async () => {
        if (redis) await flush(redis.port);
      },
      killDatabase: async () => {
        const killed = await postmasterOf(dataDir);
        process.kill(killed, "SIGKILL");
        // Sessions of the killed server may answer for a moment longer.
        const isBack = async () => {
          if ((await postmasterOf(dataDir).catch(() => killed)) === killed) return false;
          return admin.sql`select 1`.then(
            () => true,
            () => false,
          );
        };
        return { awayMs: await until("the database is back", isBack, 60_000) };
      },
      dataDir,
      leave: () => {
        leave = true;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const adminUrlOf = async (dataDir: string): Promise<string> => {
  const password = (await readFile(join(dataDir, "postgres/password"), "utf8")).trim();
  const port = (await readFile(join(dataDir, "postgres/port"), "utf8")).trim();
  return `postgres://postgres:${password}@127.0.0.1:${port}/countersign`;
};
