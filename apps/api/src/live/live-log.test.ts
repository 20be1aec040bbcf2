import { once } from "node:events";
import { request } from "node:http";
import { sealPending } from "@countersign/db/sealing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, type TestApi } from "../testing.ts";
import { listen } from "../testing-server.ts";
import { eventsOf } from "../testing-stream.ts";
import type { Caller } from "../trpc/context.ts";
import { createLiveLog, type Follower, type LiveLog } from "./live-log.ts";

/** Longer than any test: what wakes a follower here is the signal alone. */
const never = 3_600_000;

let api: TestApi;
let person: Person;
let caller: Caller;
beforeAll(async () => {
  api = await createTestApi();
  person = await api.person(["audit.read", "permits.create"]);
  const [session] = await api.database.admin.sql`select id::int as id from sessions where user_id = ${person.id}`;
  caller = { type: "user", id: Number(session?.id) } as Caller;
});
afterAll(() => api.close());

const live = (more: Partial<Parameters<typeof createLiveLog>[0]> = {}): LiveLog & { errors: unknown[] } => {
  const errors: unknown[] = [];
  const log = createLiveLog({
    db: api.database.api,
    now: Date.now,
    idleMinutes: () => 60,
    onError: (error) => errors.push(error),
    tickMs: never,
    pauseMs: 10,
    ...more,
  });
  return { ...log, errors };
};

const grow = async () => {
  await person.trpc.permits.create.mutate({ type: "event", holderName: "Ada" });
  await api.stored();
  while ((await sealPending(api.database.worker, new Date().toISOString())) !== null);
};

/** The size of the log once it differs from this one; what is stored and has no place yet wakes a follower as well. */
const sizeAfter = async ({ next }: Pick<Follower, "next">, before: number): Promise<number> => {
  for (;;) {
    const size = (await next())?.size ?? -1;
    if (size !== before) return size;
  }
};

/** Ends the ears of all processes that listen, as a server that is restarted does. */
const cutEars = async (): Promise<number> =>
  (
    await api.database.admin.sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like 'listen %'`
  ).length;

const ears = async (): Promise<number> =>
  (
    await api.database.admin
      .sql`select from pg_stat_activity where datname = current_database() and query like 'listen %'`
  ).length;

test("sealing wakes whoever watches, through one connection for all of them", async () => {
  const log = live();
  const followers = [log.join(caller, undefined), log.join(caller, undefined), log.join(caller, undefined)];
  const sizes = await Promise.all(followers.map(async ({ next }) => (await next())?.size ?? -1));
  await expect.poll(ears).toBe(1);
  await grow();
  for (const [n, follower] of followers.entries()) {
    expect(await sizeAfter(follower, sizes[n] ?? 0)).toBeGreaterThan(sizes[n] ?? 0);
  }
  log.stop();
});

test("when the connection to the database is lost, it is opened again and what happened meanwhile is seen", async () => {
  const log = live();
  const { next } = log.join(caller, undefined);
  const before = (await next())?.size ?? 0;
  await expect.poll(ears).toBeGreaterThan(0);
  await expect.poll(cutEars).toBeGreaterThan(0);
  await grow();
  const size = await sizeAfter({ next }, before);
  expect(size).toBeGreaterThan(before);
  await expect.poll(ears, { timeout: 5000 }).toBeGreaterThan(0);
  await grow();
  expect(await sizeAfter({ next }, size)).toBeGreaterThan(size);
  log.stop();
});

test("what was never told is found by looking", async () => {
  const log = live({ tickMs: 50 });
  const { next } = log.join(caller, undefined);
  const before = (await next())?.size ?? 0;
  await api.database.admin.sql`
    insert into ledger_batch (epoch, first_index, count, min_id, max_id, ids, hashes, sealed_at)
    select 1, ${before}, 1, id, id, array[id], '\\x00', now() from (select gen_random_uuid() as id) as one`;
  expect(await sizeAfter({ next }, before)).toBe(before + 1);
  log.stop();
});

test("nothing is read while nobody watches", async () => {
  const reads: string[] = [];
  const { api: db } = api.database;
  const sql = new Proxy(db.sql, {
    apply: (target, _, args) => {
      reads.push(String(args[0]));
      return Reflect.apply(target, undefined, args);
    },
  });
  const log = live({ db: { ...db, sql }, tickMs: 20 });
  const { next, leave } = log.join(caller, undefined);
  await next();
  leave();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const count = reads.length;
  expect(count).toBeGreaterThan(0);
  await grow();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(reads).toHaveLength(count);
});

test("a process has room for so many, then refuses; one that ends takes no more", async () => {
  const log = live({ perCaller: 1, perProcess: 2 });
  const other = (id: number) => ({ ...caller, id }) as Caller;
  log.join(other(1), undefined);
  expect(() => log.join(other(1), undefined)).toThrow("1 live views are open already");
  const { next } = log.join(other(2), undefined);
  expect(() => log.join(other(3), undefined)).toThrow("Too many live views");
  log.stop();
  await expect(next()).resolves.toBeNull();
  expect(() => log.join(other(3), undefined)).toThrow("about to end");
});

const path = `/trpc/audit.live?input=${encodeURIComponent('{"json":{}}')}`;
const headers = () => ({
  cookie: `${api.services.accounts.cookie.name}=${person.token}`,
  "sec-fetch-site": "same-origin",
});

test("over a socket a caller that goes away is noticed, even one that never read", async () => {
  const server = await listen(api.services);
  const call = request(server.url + path, { headers: headers() }).end();
  const [answer] = await once(call, "response");
  expect(answer.headers).toMatchObject({ "content-type": "text/event-stream", "x-accel-buffering": "no" });
  await expect.poll(() => api.services.live.followers()).toBe(1);
  call.destroy();
  await expect.poll(() => api.services.live.followers()).toBe(0);
  await server.close();
});

test("when the process ends, views are closed in good order, so that the server closes at once", async () => {
  const server = await listen(api.services);
  const stream = eventsOf(await fetch(server.url + path, { headers: headers() }));
  const names: string[] = [];
  const reading = (async () => {
    for await (const { event } of stream) names.push(event);
  })();
  await expect.poll(() => names).toContain("message");
  api.services.live.stop();
  await reading;
  expect(names.at(-1)).toBe("return");
  await server.close();
});
