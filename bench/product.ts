import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@countersign/queue/testing";
import type { Child } from "./child.ts";
import { type Office, password, type Stage } from "./stage.ts";

/** The product as `npm start` runs it: api and worker as processes of their own, on a database of their own. */
export type Product = {
  office: Office;
  api: Child;
  worker: Child;
  /** The cookie of the signed-in administrator. */
  cookie: string;
  /** Resolves when everything that was kept is stored. */
  stored: () => Promise<void>;
  /** Resolves when everything that is stored stands under a signed checkpoint. */
  sealed: () => Promise<void>;
};

const pollMs = 15;
const storedLimitMs = 60_000;

export const startProduct = async (stage: Stage, queue: "redis" | "postgres"): Promise<Product> => {
  const office = await stage.office(`office_${queue}`);
  const { urls, admin } = office;
  const queueEnv: Record<string, string> =
    queue === "redis" ? { REDIS_URL: stage.redisUrl } : { QUEUE_DATABASE_URL: urls.queue };
  const port = await freePort();
  // The keys and the anchor of this log must not meet those of another.
  const DATA_DIR = await stage.folder(`product-${queue}`);
  const api = await stage.start({
    name: `api-${queue}`,
    file: "apps/api/src/main.ts",
    env: {
      ...queueEnv,
      DATA_DIR,
      PORT: String(port),
      DATABASE_URL: urls.api,
      CALLS_PER_SESSION: "0",
      CALLS_PER_ADDRESS: "0",
    },
  });
  const worker = await stage.start({
    name: `worker-${queue}`,
    file: "apps/worker/src/main.ts",
    env: { ...queueEnv, DATA_DIR, HEALTH_PORT: "0", DATABASE_URL: urls.worker },
  });
  return {
    office,
    api,
    worker,
    cookie: await signIn(port),
    stored: async () => {
      for (const since = Date.now(); Date.now() - since < storedLimitMs; await sleep(pollMs)) {
        const [left] = await admin.sql`select from audit_outbox limit 1`;
        if (left === undefined) return;
      }
      throw new Error(`after ${storedLimitMs / 1000} s there was still something in the outbox`);
    },
    sealed: async () => {
      for (const since = Date.now(); Date.now() - since < storedLimitMs; await sleep(pollMs)) {
        const [left] = await admin.sql`
          select from ledger_pending union all
          select where (select max(first_index + count) from ledger_batch) is distinct from (select max(size) from ledger_checkpoint) limit 1`;
        if (left === undefined) return;
      }
      throw new Error(`after ${storedLimitMs / 1000} s something was not signed`);
    },
  };
};

const signIn = async (port: number): Promise<string> => {
  const response = await fetch(`http://127.0.0.1:${port}/trpc/auth.signIn`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: `http://127.0.0.1:${port}` },
    body: JSON.stringify({ json: { username: "admin", password } }),
  });
  const cookie = response.headers.get("set-cookie")?.split(";", 1)[0];
  if (!response.ok || cookie === undefined) throw new Error(`Signing in failed: ${await response.text()}`);
  return cookie;
};

export const countEvents = async ({ admin }: Office): Promise<number> => {
  const [row] = await admin.sql`select count(*)::int as count from event_log`;
  return Number(row?.count);
};
