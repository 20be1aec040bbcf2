import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { EventFilter } from "@countersign/audit/event-filter";
import type { Feature } from "@countersign/audit/features";
import { signCheckpoint } from "@countersign/audit/ledger/checkpoint";
import { formatVkey, type VerifierKey } from "@countersign/audit/ledger/vkey";
import { listEvents } from "@countersign/db/events";
import { openLogTree } from "@countersign/db/log-tree";
import {
  addLedgerKey,
  insertCheckpoint,
  latestCheckpoint,
  logName,
  sealedSize,
  sealPending,
} from "@countersign/db/sealing";
import { storeAllWaiting } from "@countersign/db/store";
import type { SettingKey, SystemSettings } from "@countersign/db/system-settings";
import { createTestDatabase, type TestDatabase } from "@countersign/db/testing";
import { inTransaction } from "@countersign/db/transaction";
import { nodeCrypto } from "@countersign/service/crypto";
import { createKeyFile, readKeyFile } from "@countersign/service/key-file";
import type { Log } from "@countersign/service/log";
import { createTRPCClient, httpLink, type TRPCClient, TRPCClientError } from "@trpc/client";
import superjson from "superjson";
import { foldName } from "./accounts/names.ts";
import { createServices } from "./create-services.ts";
import type { DemoOffice } from "./demo-office.ts";
import { createLocalStorage } from "./documents/local-storage.ts";
import { type LogEntry, toLogEntry } from "./domain/log-entry.ts";
import type { Capacity, CapacityLimits } from "./keeping/capacity.ts";
import type { AppRouter } from "./router.ts";
import { createInnerServer } from "./server.ts";
import type { Services } from "./services.ts";
import { initEvents } from "./setup.ts";

const origin = "http://office.example";

type Init = { method?: string; headers?: Record<string, string>; body?: string | Uint8Array };

/** Somebody, or nobody, in front of the API. */
export type Caller = {
  trpc: TRPCClient<AppRouter>;
  /** Any request, as a page of ours would send it; a body is JSON. */
  send: (path: string, init?: Init) => Promise<Response>;
  get: (path: string) => Promise<Response>;
  post: (path: string, body: unknown) => Promise<Response>;
};
export type Person = Caller & { id: number; name: string; role: string; token: string };

export type TestApi = {
  database: TestDatabase;
  services: Services;
  /** The folder of the stored files. */
  files: string;
  /** Settings that count instead of those in the database. */
  settings: { -readonly [Key in SettingKey]?: SystemSettings[Key] };
  /** The time of the process, which the tests set; the database has its own. */
  clock: { now: () => number; move: (ms: number) => void };
  /** How much may wait to be stored; counts once measured. */
  capacity: Capacity & { limits: CapacityLimits };
  /** Envelopes the workers were told of, and what was written to the own log. */
  published: string[];
  logged: unknown[][];
  /** A signed-in user with a role that has these features. */
  person: (features: readonly Feature[], name?: string) => Promise<Person>;
  /** A caller with this session, or none, from this address. */
  caller: (from?: { token?: string; ip?: string }) => Caller;
  /** Stores what was kept, as a worker would, and answers the log, oldest first. */
  stored: (filter?: EventFilter) => Promise<LogEntry[]>;
  /** The same, and then seals and signs the log as a worker with the log's key would; the key that signed. */
  sealed: () => Promise<VerifierKey>;
  close: () => Promise<void>;
};

type Options = {
  settings?: TestApi["settings"];
  /** For how long sessions are answered from memory. */
  cacheMs?: number;
  /** How often live views look by themselves. */
  liveTickMs?: number;
  /** What fills a new office with a demo. */
  demo?: DemoOffice;
};

/** The API on a database of its own, wired as in main.ts, without socket and queue. */
export const createTestApi = async ({
  settings = {},
  cacheMs = 0,
  liveTickMs = 2000,
  demo,
}: Options = {}): Promise<TestApi> => {
  const database = await createTestDatabase();
  const { admin, api, worker } = database;
  await initEvents(admin, false);
  let ahead = 0;
  const clock = {
    now: () => Date.now() + ahead,
    move: (ms: number) => {
      ahead += ms;
    },
  };
  const published: string[] = [];
  const logged: unknown[][] = [];
  const capacityLimits = { maxWaitingEvents: 1e6, maxAgeSeconds: 1e6, folder: undefined, minFreeBytes: 0 };
  const folder = await mkdtemp(join(tmpdir(), "countersign-files-"));
  const files = join(folder, "documents");
  await mkdir(files);
  const { services, capacity, stop } = await createServices({
    db: api,
    readDb: api,
    documents: createLocalStorage(files),
    receiptKeyFile: join(folder, "receipt-key.pem"),
    channelKeyFile: join(folder, "channel-key"),
    https: false,
    now: clock.now,
    randomBytes,
    publish: (ids) => published.push(...ids),
    capacity: capacityLimits,
    settings,
    watchMs: 3_600_000,
    cacheMs,
    liveTickMs,
    outbound: {
      privateHosts: ["siem.internal"],
      ownOrigin: origin,
      // No test asks a name server: names below .invalid lead into the house, others to one public address.
      lookup: async (host) => [{ address: host.endsWith(".invalid") ? "10.0.0.1" : "93.184.216.34", family: 4 }],
    },
    canMail: false,
    queueKind: "postgres",
    lossAccepted: true,
    demo,
    log: collecting(logged),
  });
  const app = createInnerServer({
    services,
    origins: () => [origin],
    newId: () => `r_${randomBytes(6).toString("hex")}`,
  });

  const caller: TestApi["caller"] = ({ token, ip = "192.0.2.1" } = {}) => {
    const cookie = token === undefined ? {} : { cookie: `${services.accounts.cookie.name}=${token}` };
    const send: Caller["send"] = async (path, { method = "GET", headers = {}, body } = {}) => {
      const type = method === "GET" ? {} : { "content-type": "application/json" };
      const bytes = body === undefined ? [] : [Buffer.from(body)];
      const incoming = Object.assign(Readable.from(bytes), { socket: { remoteAddress: ip }, url: path });
      const init = { method, headers: { origin, "user-agent": "test", ...type, ...cookie, ...headers } };
      return app.request(path, init, { incoming } as never);
    };
    return {
      trpc: createTRPCClient<AppRouter>({
        links: [httpLink({ url: "/trpc", transformer: superjson, fetch: fetchBy(send) })],
      }),
      send,
      get: (path) => send(path),
      post: (path, body) => send(path, { method: "POST", body: JSON.stringify(body) }),
    };
  };

  const person: TestApi["person"] = async (features, name = `Person ${randomBytes(4).toString("hex")}`) => {
    const role = `Role of ${name}`;
    const [row] = await admin.sql<{ id: number }[]>`
      with role as (insert into roles (name, name_folded) values (${role}, ${foldName(role)}) returning id),
        granted as (insert into role_features select id, feature from role, unnest(${[...features]}::text[]) as feature),
        person as (insert into users (username, username_folded, name) values (${name}, ${foldName(name)}, ${name}) returning id)
      insert into user_roles (user_id, role_id) select person.id, role.id from person, role returning user_id::int as id`;
    const id = Number(row?.id);
    const { token } = await services.accounts.sessions.create(api, { userId: id, ip: undefined, userAgent: undefined });
    return { id, name, role, token, ...caller({ token }) };
  };

  const stored: TestApi["stored"] = async (filter = {}) => {
    await storeAllWaiting(worker);
    return (await listEvents(admin, filter, null, 10_000)).map(toLogEntry).reverse();
  };

  const logKeyFile = join(folder, "log-key.pem");
  const sealed: TestApi["sealed"] = async () => {
    await stored();
    await createKeyFile(logKeyFile);
    const origin = await logName(worker);
    const signer = await readKeyFile(logKeyFile, origin);
    if (signer === null) throw new Error("the log's key vanished");
    await addLedgerKey(worker, { vkey: formatVkey(signer.key), kind: "log", at: new Date().toISOString() });
    const signedAt = new Date(clock.now()).toISOString();
    while ((await sealPending(worker, signedAt)) !== null);
    const size = await sealedSize(worker, 1);
    if ((await latestCheckpoint(worker, 1))?.size === size) return signer.key;
    const root = await openLogTree(worker, 1, nodeCrypto.sha256).root(size);
    const note = signCheckpoint({ origin, size, root }, [signer]);
    await inTransaction(worker, (tx) => insertCheckpoint(tx, { epoch: 1, size, root, note, signedAt }));
    return signer.key;
  };

  const close = async (): Promise<void> => {
    stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  };
  return {
    database,
    files,
    services,
    settings,
    clock,
    capacity: { ...capacity, limits: capacityLimits },
    published,
    logged,
    person,
    caller,
    stored,
    sealed,
    close,
  };
};

const fetchBy =
  (send: Caller["send"]): NonNullable<Parameters<typeof httpLink<AppRouter>>[0]["fetch"]> =>
  (url, init) =>
    send(String(url), {
      method: init?.method ?? "GET",
      headers: Object.fromEntries(new Headers(init?.headers as Record<string, string>)),
      ...(typeof init?.body === "string" && { body: init.body }),
    });

const collecting = (lines: unknown[][]): Log => {
  const add = (...line: unknown[]) => lines.push(line);
  return { fatal: add, error: add, warn: add, info: add, debug: add, trace: add } as unknown as Log;
};

/** What a tRPC call was refused with: `httpStatus`, `reason`, `message`, `fields`, `requestId`. */
export const refusalOf = async (call: Promise<unknown>): Promise<Record<string, unknown>> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof TRPCClientError && error.data) return { message: error.message, ...error.data };
    throw error;
  }
  throw new Error("the call was not refused");
};
