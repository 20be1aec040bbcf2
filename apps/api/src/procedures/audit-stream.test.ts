import { request } from "node:http";
import { logEnd } from "@countersign/db/log-places";
import { sealPending } from "@countersign/db/sealing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventLines, type Lines } from "../live/event-lines.ts";
import { rawRoutes } from "../raw-routes.ts";
import { appRouter } from "../router.ts";
import { createTestApi, type Person, type TestApi } from "../testing.ts";
import { listen } from "../testing-server.ts";
import { auditStream } from "./audit-stream.ts";

let api: TestApi;
let exporter: Person;
let clerk: Person;
beforeAll(async () => {
  api = await createTestApi({ liveTickMs: 200 });
  exporter = await api.person(["audit.export"], "Ines Vale");
  clerk = await api.person(["permits.create"], "Ana Ruiz");
});
afterAll(() => api.close());

const open: { stop: () => Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ stop }) => stop()));
  await expect.poll(() => api.services.live.followers()).toBe(0);
});

type Line = { id: string; cursor: string; type: string; unmapped?: { cursor: string } };

/** The lines of a body one by one, signs of life left out. */
const linesIn = (body: ReadableStream<Uint8Array> | null) => {
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let beats = 0;
  const next = async (): Promise<Line | null> => {
    for (;;) {
      const end = text.indexOf("\n");
      if (end >= 0) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        if (line !== "") return JSON.parse(line);
        beats += 1;
        continue;
      }
      const { value, done } = await reader.read();
      if (done) return null;
      text += value;
    }
  };
  const stop = () => reader.cancel().catch(() => undefined);
  open.push({ stop });
  const take = async (count: number): Promise<Line[]> => {
    const found: Line[] = [];
    while (found.length < count) found.push((await next())!);
    return found;
  };
  return { next, take, stop, beats: () => beats };
};
const follow = async (query: string, who: Pick<Person, "send"> = exporter) => {
  const answer = await who.send(`/api/audit/stream?${query}`);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/x-ndjson; charset=utf-8"]);
  return linesIn(answer.body);
};

const create = async (count: number): Promise<void> => {
  for (let made = 0; made < count; made++) {
    await clerk.trpc.permits.create.mutate({ type: "event", holderName: `Holder ${made}` });
  }
  await seal();
};
const seal = async (): Promise<void> => {
  await api.stored();
  while ((await sealPending(api.database.worker, new Date().toISOString())) !== null);
};
const idsInTree = async (): Promise<string[]> =>
  (
    await api.database.admin.sql<{ id: string }[]>`
      select leaf.id from ledger_batch b cross join lateral unnest(b.ids) with ordinality as leaf (id, n)
      join event_log e on e.id = leaf.id where e.code = 'permit_create' order by b.epoch, b.first_index, leaf.n`
  ).map(({ id }) => id);

test("events come as lines in the order of the tree, and a reader that comes back misses and repeats none", async () => {
  await create(5);
  const query = "format=cloudevents&codes=permit_create";
  const first = await follow(`${query}&after=1-0`);
  const seen = await first.take(3);
  expect(seen[0]).toMatchObject({ specversion: "1.0", type: "countersign.permit_create", cursor: expect.any(String) });
  await first.stop();
  await create(2);
  const again = await follow(`${query}&after=${seen[2]?.cursor}`);
  seen.push(...(await again.take(4)));
  await create(1);
  seen.push(...(await again.take(1)));
  expect(seen.map(({ id }) => id)).toEqual(await idsInTree());
  expect(new Set(seen.map(({ cursor }) => cursor)).size).toBe(8);
});

test("OCSF carries the cursor among what the schema does not know; without one the next event is the first", async () => {
  const { take } = await follow("format=ocsf&codes=permit_create");
  await create(1);
  const [line] = await take(1);
  expect(line).toMatchObject({
    metadata: { uid: (await idsInTree()).at(-1) },
    unmapped: { cursor: expect.stringMatching(/^1-\d+$/) },
  });
});

test("that it leaves is an event before the first line; what is refused is one as well", async () => {
  await follow("format=ocsf&after=1-0&severities=high");
  expect((await api.stored({ codes: ["audit_export_logs"] })).at(-1)).toMatchObject({
    status: "success",
    actor: { id: String(exporter.id) },
    metadata: { act: "opened a stream", format: "OCSF 1.6.0", filter: { severities: ["high"] }, after: "1-0" },
  });
  const refused = async (query: string) => (await exporter.send(`/api/audit/stream?${query}`)).status;
  expect([
    await refused(""),
    await refused("format=ocsf&after=x"),
    await refused("format=ocsf&after=1-99999999"),
    await refused("format=ocsf&after=2-0"),
  ]).toEqual([422, 422, 409, 409]);
  expect((await clerk.send("/api/audit/stream?format=ocsf")).status).toBe(403);
  const told = (await api.stored({ codes: ["audit_export_logs"] })).slice(-5).map(({ status }) => status);
  expect(told).toEqual(["failed", "failed", "failed", "failed", "denied"]);
});

test("where that it leaves cannot be kept, nothing leaves, and no room is taken", async () => {
  const { admin } = api.database;
  await admin.sql`alter table audit_outbox add constraint broken check (count < 0) not valid`;
  try {
    const answer = await exporter.send("/api/audit/stream?format=ocsf&after=1-0");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([500, expect.stringContaining("json")]);
  } finally {
    await admin.sql`alter table audit_outbox drop constraint broken`;
  }
  expect(api.services.live.followers()).toBe(0);
});

test("how many events a stream brought is an event once it has ended", async () => {
  await create(3);
  const { take, stop } = await follow("format=ocsf&after=1-0&codes=permit_create");
  const count = (await idsInTree()).length;
  await take(count);
  await stop();
  const ends = async () =>
    (await api.stored({ codes: ["audit_export_logs"] })).filter(({ metadata }) => metadata?.act === "ended a stream");
  await expect
    .poll(async () => (await ends()).at(-1)?.metadata)
    .toMatchObject({ count, format: "OCSF 1.6.0", after: "1-0" });
});

test("a stream key fetches the stream and nothing else, for as long as its maker may", async () => {
  const maker = await api.person(["system.keys", "audit.export", "audit.read"]);
  const expiresAt = new Date(api.clock.now() + 86_400_000).toISOString();
  const key = { name: "SIEM", kind: "stream", expiresAt } as const;
  const without = await api.person(["system.keys", "audit.read"]);
  await expect(without.trpc.keys.create.mutate(key)).rejects.toMatchObject({ data: { code: "FORBIDDEN" } });
  const { secret } = await maker.trpc.keys.create.mutate(key);
  const service = {
    send: (path: string) => api.caller({}).send(path, { headers: { authorization: `Bearer ${secret}` } }),
  };
  await create(1);
  const { take, next } = await follow("format=ocsf&after=1-0&codes=permit_create", service);
  expect(await take(1)).toHaveLength(1);
  expect((await api.stored({ codes: ["audit_export_logs"] })).at(-1)).toMatchObject({
    actor: { type: "api_key", label: "SIEM" },
    metadata: { act: "opened a stream" },
  });
  expect((await service.send("/api/audit/events?days=7")).status).toBe(403);
  expect((await service.send("/api/alert-channels")).status).toBe(403);
  await api.database.admin
    .sql`delete from role_features where feature = 'audit.export' and role_id in (select role_id from user_roles where user_id = ${maker.id})`;
  await expect(
    (async () => {
      while ((await next()) !== null);
    })(),
  ).rejects.toThrow();
  await expect.poll(async () => (await service.send("/api/audit/stream?format=ocsf")).status).toBe(401);
});

/** Whatever else takes this feature must say what a stream key may do there. */
test("nothing but the stream can be called with a stream key", () => {
  type Walked = Record<string, { _def: { meta?: { access?: string } } }>;
  const procedures = Object.values(appRouter._def.procedures as unknown as Walked).map(({ _def }) => _def);
  const calls: { meta?: { access?: string } }[] = [...procedures, ...Object.values(rawRoutes)];
  expect(calls.filter(({ meta }) => meta?.access === "audit.export")).toEqual([auditStream]);
});

test("a session has room for four", async () => {
  for (let n = 0; n < 4; n++) await follow("format=ocsf");
  expect((await exporter.send("/api/audit/stream?format=ocsf")).status).toBe(429);
});

test("who loses the right meanwhile is cut off, also one that has read nothing yet", async () => {
  const leaver = await api.person(["audit.export"]);
  const { take, next } = await follow("format=cloudevents&after=1-0", leaver);
  await take(1);
  await api.database.admin
    .sql`delete from role_features where role_id in (select role_id from user_roles where user_id = ${leaver.id})`;
  await expect.poll(() => api.services.live.followers()).toBe(0);
  await expect(
    (async () => {
      while ((await next()) !== null);
    })(),
  ).rejects.toThrow("audit.export");
  expect((await leaver.send("/api/audit/stream?format=ocsf")).status).toBe(403);
});

/** The lines by themselves, with every statement counted. */
const counted = async (limits: Lines["limits"], from = { epoch: 1, index: 0 }) => {
  const { api: db } = api.database;
  let reads = 0;
  const sql = new Proxy(db.sql, {
    apply: (target, _, args) => {
      reads += 1;
      return Reflect.apply(target, undefined, args);
    },
  });
  const [session] = await api.database.admin.sql`select id::int as id from sessions where user_id = ${exporter.id}`;
  const follower = api.services.live.join(
    { type: "user", id: Number(session?.id) } as never,
    undefined,
    "audit.export",
  );
  const sender = { origin: "https://office.example" };
  const lines = { follower, filter: {}, format: "cloudevents", sender, from, ...(limits && { limits }) } as const;
  return { body: eventLines({ db: { ...db, sql }, ...lines }), reads: () => reads };
};

test("nothing is read from the log before the reader asks for it", async () => {
  await create(3);
  const { body, reads } = await counted(undefined);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(reads()).toBe(0);
  const { take } = linesIn(body);
  await take(1);
  const once = reads();
  expect(once).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(reads()).toBe(once);
});

test("it shows that it lives while nothing happens, and ends in good order after its time", async () => {
  const limits = { beatMs: 40, longestMs: 600, patienceMs: 1000 };
  const { body } = await counted(limits, await logEnd(api.database.api));
  const { next, beats } = linesIn(body);
  expect(await next()).toBeNull();
  expect(beats()).toBeGreaterThan(3);
});

test("a reader that does not read is let go after its time", async () => {
  const { body } = await counted({ beatMs: 40, longestMs: 100, patienceMs: 100 });
  await expect.poll(() => api.services.live.followers()).toBe(0);
  await expect(body.getReader().read()).rejects.toThrow("nobody read on");
});

test("over a socket a slow reader gets every line once, and one that goes away is noticed", async () => {
  await create(40);
  const server = await listen(api.services);
  const path = "/api/audit/stream?format=ocsf&codes=permit_create&after=1-0";
  const headers = { cookie: `${api.services.accounts.cookie.name}=${exporter.token}`, "sec-fetch-site": "same-origin" };
  const expected = await idsInTree();
  const call = request(server.url + path, { headers }).end();
  const ids: string[] = [];
  await new Promise<void>((resolve, reject) => {
    call.on("response", (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => {
        text += chunk.toString("utf8");
        const lines = text.split("\n");
        text = lines.pop() ?? "";
        for (const line of lines) if (line !== "") ids.push(JSON.parse(line).metadata.uid);
        if (ids.length >= expected.length) return resolve();
        answer.pause();
        setTimeout(() => answer.resume(), 20);
      });
    });
    call.on("error", reject);
  });
  expect(ids).toEqual(expected);
  call.on("error", () => undefined);
  call.destroy();
  await expect.poll(() => api.services.live.followers()).toBe(0);
  await server.close();
});
