import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type Countersign, createCountersign } from "@countersign/client";
import { connect } from "@countersign/db/client";
import { connectionUrls } from "@countersign/db/database-roles";
import { storeAllWaiting } from "@countersign/db/store";
import { findAccount } from "@countersign/db/users";
import { createLog } from "@countersign/service/log";
import { createServices } from "../../apps/api/src/create-services.ts";
import { storageOf } from "../../apps/api/src/documents/storage-of.ts";
import { readEnv } from "../../apps/api/src/env.ts";
import { appRouter } from "../../apps/api/src/router.ts";
import { createInnerServer } from "../../apps/api/src/server.ts";
import type { Context } from "../../apps/api/src/trpc/context.ts";
import { createCallerFactory } from "../../apps/api/src/trpc/init.ts";
import { expirePermitsJob } from "../../apps/worker/src/jobs/expire-permits.ts";

const callAs = createCallerFactory(appRouter);
const origin = "http://localhost:8000";

export type Caller = Pick<Countersign, "trpc"> & {
  /** Any other address, as the app in a browser would call it. */
  send: (path: string, init?: { method?: string; body?: Uint8Array; contentType?: string }) => Promise<Response>;
};

export type Office = {
  /** Somebody at this address, signed in once `auth.signIn` was called. */
  from: (ip: string, userAgent: string) => Caller;
  /** The first administrator, without signing in: this is a command on the server. */
  asAdministrator: () => Promise<ReturnType<typeof callAs>>;
  /** What the worker does at night: permits that are over expire. */
  expire: () => Promise<void>;
  /** Stores what was kept. */
  store: () => Promise<number>;
  close: () => Promise<void>;
};

/** The product's own API on a database, called without a socket and living by the clock it is given. */
export const openOffice = async (adminUrl: string, now: () => number): Promise<Office> => {
  const urls = await connectionUrls(adminUrl);
  const env = readEnv({ ...process.env, DATABASE_URL: urls.api });
  const db = connect(urls.api, { name: "demo", max: 4 });
  const worker = connect(urls.worker, { name: "demo worker", max: 2, statementTimeoutMs: 60_000 });
  const log = createLog({ level: "warn", name: "demo", instance: "demo" });
  const { services, nextId, stop } = await createServices({
    db,
    readDb: db,
    documents: storageOf(env, (fault) => log.warn({ err: fault }, "the storage of files failed")),
    receiptKeyFile: env.LEDGER_RECEIPT_KEY_FILE ?? join(env.DATA_DIR, "ledger", "receipt-key.pem"),
    channelKeyFile: env.CHANNEL_KEY_FILE ?? join(env.DATA_DIR, "channel-key"),
    https: false,
    now,
    randomBytes,
    publish: () => undefined,
    capacity: {
      maxWaitingEvents: Number.POSITIVE_INFINITY,
      maxAgeSeconds: Number.POSITIVE_INFINITY,
      folder: undefined,
      minFreeBytes: 0,
    },
    // Repeats are told by the database's clock, which does not run through half a year in a minute.
    settings: { "audit.collapse_seconds": 0, "signin.per_minute_per_network": 1000 },
    signInsPerMinute: 100_000,
    queueKind: "postgres",
    lossAccepted: false,
    log,
  });
  const newId = () => `r_${randomBytes(12).toString("base64url")}`;
  const app = createInnerServer({ services, origins: () => [origin], newId });

  const from: Office["from"] = (ip, userAgent) => {
    let cookie = "";
    const call = async (path: string, init: RequestInit): Promise<Response> => {
      const { body } = init;
      const bytes =
        body == null ? [] : [typeof body === "string" ? Buffer.from(body) : Buffer.from(body as Uint8Array)];
      const incoming = Object.assign(Readable.from(bytes), { socket: { remoteAddress: ip }, url: path, headers: {} });
      const headers = { ...Object.fromEntries(new Headers(init.headers)), "user-agent": userAgent, origin };
      const request = { method: init.method ?? "GET", headers: cookie === "" ? headers : { ...headers, cookie } };
      const answer = await app.request(path, request, { incoming } as never);
      for (const line of answer.headers.getSetCookie()) cookie = line.split(";", 1)[0] ?? "";
      return answer;
    };
    const { trpc } = createCountersign({
      url: origin,
      fetch: (url, init) => call(String(url).slice(origin.length), init ?? {}),
    });
    return {
      trpc,
      send: (path, { method = "GET", body, contentType } = {}) =>
        call(path, {
          method,
          ...(body !== undefined && { body: body as Uint8Array<ArrayBuffer> }),
          headers: {
            ...(contentType !== undefined && { "content-type": contentType }),
            ...(body !== undefined && { "content-length": String(body.length) }),
          },
        }),
    };
  };

  const asAdministrator: Office["asAdministrator"] = async () => {
    const [first] = await db.sql<{ id: number }[]>`
      select u.id::int as id from users u join user_roles ur on ur.user_id = u.id join roles r on r.id = ur.role_id
      where r.shipped = 'administrator' and u.status = 'active' order by u.id limit 1`;
    const account = first === undefined ? undefined : await findAccount(db, first.id);
    if (account === undefined) throw new Error("there is no active administrator");
    const at = new Date(now()).toISOString();
    const times = { authenticatedAt: at, expiresAt: at };
    const context: Context = {
      services,
      caller: {
        type: "user",
        ...account,
        ...times,
        id: 0,
        userId: account.id,
        features: new Set(account.features),
        mustChangePassword: false,
      },
      request: { id: newId(), method: "POST", userAgent: "npm run demo" },
      url: () => origin,
      cookie: { token: undefined, set: () => undefined, clear: () => undefined },
      setHeader: () => undefined,
    };
    return callAs(context);
  };

  const store = () => storeAllWaiting(worker);
  const { recorder } = services;
  const expire = expirePermitsJob({ db: worker, recorder, now, nextId, publish: () => undefined, log });

  return {
    from,
    asAdministrator,
    expire: async () => void (await expire()),
    store,
    close: async () => {
      stop();
      await Promise.all([db.end(2), worker.end(2)]);
    },
  };
};
