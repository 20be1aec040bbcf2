import { afterAll, beforeAll, expect, test } from "vitest";
import { createApiKeys, newKey } from "../accounts/api-keys.ts";
import type { Person, TestApi } from "../testing.ts";
import { createKeyOffice, event, type KeyOffice, logAddress } from "./testing/key-office.ts";

let api: TestApi;
let chief: Person;
let create: KeyOffice["create"];
let ingest: KeyOffice["ingest"];
let reader: KeyOffice["reader"];
let service: KeyOffice["service"];
let listed: KeyOffice["listed"];
beforeAll(async () => {
  ({ api, chief, create, ingest, reader, service, listed } = await createKeyOffice());
});
afterAll(() => api.close());

test("an ingest key records its events as its own, with the actor it claims", async () => {
  const { key, secret } = await create(ingest({ name: "Kiosk", codes: ["permit_export", "permit_create"] }));
  const actor = { type: "user", id: "u-9", label: "Zoé" };
  const answers = [
    await service(secret).record({ ...event, actor, notes: "n" }),
    await service(secret).record({ code: "permit_create" }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect((await api.stored()).filter(({ source }) => source === `key:${key.id}`)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ code: "permit_export", actor: expect.objectContaining(actor), sourceLabel: "Kiosk" }),
      expect.objectContaining({
        code: "permit_create",
        actor: expect.objectContaining({ type: "api_key", id: String(key.id), label: "Kiosk" }),
        source: `key:${key.id}`,
      }),
    ]),
  );
});

test("a source in the body is refused: it comes from the key", async () => {
  const { secret } = await create(ingest());
  const answer = await service(secret).record({ ...event, source: "app" });
  expect([answer.status, await answer.json()]).toMatchObject([
    422,
    { error: { json: { data: { fields: [{ path: "source", rule: "unknown_field" }] } } } },
  ]);
});

test("events that a key may not state are refused one by one, and recorded", async () => {
  const { key, secret } = await create(ingest());
  const alone = await service(secret).record({ code: "permit_delete", object: { type: "permit", id: "1" } });
  expect(alone.status).toBe(403);
  const answer = await service(secret).post("/trpc/events.recordMany", {
    events: [event, { code: "user_delete" }, event],
  });
  expect([answer.status, await answer.json()]).toMatchObject([
    200,
    {
      result: {
        data: {
          json: {
            results: [{ outcome: "kept" }, { outcome: "refused", reason: "code_not_allowed" }, { outcome: "kept" }],
          },
        },
      },
    },
  ]);
  expect(await api.stored({ actorType: "api_key", actorId: String(key.id) })).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        code: "sys_access_denied",
        status: "denied",
        metadata: { code: "permit_delete", count: 1 },
      }),
      expect.objectContaining({
        code: "sys_access_denied",
        status: "denied",
        metadata: { code: "user_delete", count: 1 },
      }),
    ]),
  );
  expect(await api.stored({ codes: ["permit_delete", "user_delete"] })).toEqual([]);
});

test("a reader key reads the log wherever it can be read, and that is recorded as its act", async () => {
  const { key, secret } = await create(reader());
  for (const path of [logAddress, "/api/audit/logs/?days=7", `/api/audit/user/${chief.id}/`]) {
    expect([path, (await service(secret).get(path)).status]).toEqual([path, 200]);
  }
  expect(await api.stored({ actorType: "api_key", actorId: String(key.id) })).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ code: "audit_view_logs", status: "success", source: `key:${key.id}` }),
    ]),
  );
});

test("neither kind does what the other does, nor anything else, and each try is recorded", async () => {
  const writing = await create(ingest({ name: "Writer" }));
  const reading = await create(reader({ name: "Reader" }));
  const tries: [number, string, () => Promise<Response>][] = [
    [writing.key.id, "audit_view_logs", () => service(writing.secret).get(logAddress)],
    [writing.key.id, "audit_view_logs", () => service(writing.secret).get("/api/audit/logs/?days=7")],
    [reading.key.id, "sys_access_denied", () => service(reading.secret).record(event)],
    [reading.key.id, "permit_create", () => service(reading.secret).post("/trpc/permits.create", {})],
    [writing.key.id, "sys_api_key_created", () => service(writing.secret).post("/trpc/keys.create", ingest())],
  ];
  for (const [keyId, code, answer] of tries) {
    expect([code, (await answer()).status]).toEqual([code, 403]);
    expect((await api.stored({ actorType: "api_key", actorId: String(keyId) })).at(-1)).toMatchObject({
      code,
      status: "denied",
      actor: { type: "api_key", id: String(keyId) },
      source: `key:${keyId}`,
    });
  }
});

test("a key that was remembered is refused at once when it is revoked here, and soon when elsewhere", async () => {
  const { key, secret } = await create(ingest());
  const here = createApiKeys({ db: api.services.db, now: api.clock.now });
  const elsewhere = createApiKeys({ db: api.services.db, now: api.clock.now });
  for (const keys of [here, elsewhere]) expect(await keys.find(secret, undefined)).toMatchObject({ id: key.id });
  await chief.trpc.keys.revoke.mutate({ keyId: key.id });
  here.forget();
  expect(await here.find(secret, undefined)).toBeNull();
  api.clock.move(1001);
  expect(await elsewhere.find(secret, undefined)).toBeNull();
});

test("what was read of a key before it was changed is not remembered after", async () => {
  const { key, secret } = await create(ingest());
  const keys = createApiKeys({ db: api.services.db, now: api.clock.now, cacheMs: 3_600_000 });
  const finding = keys.find(secret, undefined);
  keys.forget();
  expect(await finding).toMatchObject({ id: key.id });
  await chief.trpc.keys.revoke.mutate({ keyId: key.id });
  expect(await keys.find(secret, undefined)).toBeNull();
});

test("a key that is over, mistyped or made elsewhere is 401, and no event", async () => {
  const { secret } = await create(ingest({ expiresAt: new Date(api.clock.now() + 5000).toISOString() }));
  expect((await service(secret).record(event)).status).toBe(200);
  const before = (await api.stored()).length;
  const mistyped = `${secret.slice(0, -1)}${secret.endsWith("a") ? "b" : "a"}`;
  const foreign = newKey().text;
  const [, publicId = ""] = secret.split("_");
  const [, , otherSecret, otherCheck] = foreign.split("_");
  for (const wrong of [mistyped, foreign, `cs_${publicId}_${otherSecret}_${otherCheck}`, "nonsense", "cs_"]) {
    expect([wrong, (await service(wrong).record(event)).status]).toEqual([wrong, 401]);
  }
  api.clock.move(5000);
  expect((await service(secret).record(event)).status).toBe(401);
  api.clock.move(-5000);
  expect(await api.stored()).toHaveLength(before);
});

test("a key ends with its maker's right to what it does, and another administrator can take it over", async () => {
  const { sql } = api.database.admin;
  const maker = await api.person(["system.keys", "audit.read", "audit.write"], "Mo Maker");
  const made = await Promise.all([ingest(), reader()].map((key) => maker.trpc.keys.create.mutate(key)));
  const [sending, reading] = made.map(({ secret }) => service(secret));
  const statuses = async () => [(await sending?.record(event))?.status, (await reading?.get(logAddress))?.status];
  const forget = (): void => api.services.accounts.keys.forget();
  expect(await statuses()).toEqual([200, 200]);
  await sql`delete from role_features where feature = 'audit.read' and role_id in (select role_id from user_roles where user_id = ${maker.id})`;
  forget();
  expect(await statuses()).toEqual([200, 401]);
  await sql`update users set status = 'inactive' where id = ${maker.id}`;
  forget();
  expect(await statuses()).toEqual([401, 401]);
  const { secret } = await chief.trpc.keys.rotate.mutate({ keyId: Number(made[0]?.key.id), overlapHours: 0 });
  expect((await service(secret).record(event)).status).toBe(200);
  await sql`delete from users where id = ${maker.id}`;
  expect((await service(secret).record(event)).status).toBe(200);
});

test("a key beside a session, or in the address, is 400", async () => {
  const { secret } = await create(reader());
  const cookie = `${api.services.accounts.cookie.name}=${chief.token}`;
  const both = await service(secret).get(logAddress, { cookie });
  expect([both.status, JSON.stringify(await both.json())]).toEqual([400, expect.stringContaining("two_credentials")]);
  const inAddress = await api.caller().get(`/api/audit/logs/?days=7&key=${secret}`);
  expect([inAddress.status, JSON.stringify(await inAddress.json())]).toEqual([
    400,
    expect.stringContaining("key_in_address"),
  ]);
});

test("a key with networks works from there only", async () => {
  const { secret } = await create(ingest({ networks: ["198.51.100.0/24", "2001:db8::/32"] }));
  const from = async (ip: string) => (await service(secret, ip).record(event)).status;
  expect(await from("198.51.100.7")).toBe(200);
  expect(await from("::ffff:198.51.100.7")).toBe(200);
  expect(await from("2001:db8:1::9")).toBe(200);
  expect(await from("198.51.101.7")).toBe(403);
  expect(await from("2001:db9::1")).toBe(403);
});

test("the list says when a key was last used", async () => {
  const { key, secret } = await create(ingest());
  expect((await listed(key.id))?.lastUsedAt).toBeNull();
  await service(secret).record(event);
  expect(Date.parse((await listed(key.id))?.lastUsedAt ?? "")).toBeGreaterThan(Date.parse(key.createdAt) - 1);
});

test("a key stands in no table, event or log line, not even when somebody writes it down", async () => {
  const { secret } = await create(ingest({ name: "Careless" }));
  const [, publicId, body = ""] = secret.split("_");
  const answer = await service(secret).record({ ...event, notes: `my key is ${secret}`, metadata: { note: secret } });
  expect(answer.status).toBe(200);
  await chief.trpc.keys.revoke.mutate({ keyId: 999_999, reason: `lost ${secret}` }).catch(() => undefined);
  await service(`${secret}x`).record(event);
  await api.caller().get(`/api/audit/logs/?days=7&key=${secret}`);
  const events = await api.stored();
  expect(events.filter(({ notes }) => notes?.includes("[redacted:api-key]"))).toHaveLength(2);
  const tables = await api.database.admin.sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`;
  let seen = false;
  for (const { name } of tables) {
    const rows = await api.database.admin.sql.unsafe(`select t::text as row from ${name} t`);
    for (const { row } of rows) {
      expect([name, String(row).includes(body)]).toEqual([name, false]);
      seen ||= String(row).includes(publicId ?? "?");
    }
  }
  expect(seen).toBe(true);
  expect(JSON.stringify(api.logged)).not.toContain(body);
  expect(JSON.stringify(events)).not.toContain(body);
  const hashes = await api.database.admin.sql<
    { hash: string }[]
  >`select encode(secret_hash, 'hex') as hash from api_keys`;
  for (const { hash } of hashes) expect(JSON.stringify(events)).not.toContain(hash);
});
