import type { ApiKey } from "@countersign/db/api-keys";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

const dayMs = 86_400_000;

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let chief: Person;
beforeAll(async () => {
  api = await createTestApi();
  admin = api.database.admin.sql;
  chief = await api.person(["system.keys", "audit.read", "audit.write", "permits.create"], "Cleo Chief");
});
afterAll(() => api.close());

type Create = Parameters<Person["trpc"]["keys"]["create"]["mutate"]>[0];
const inDays = (days: number) => new Date(api.clock.now() + days * dayMs).toISOString();
const ingest = (more: Partial<Create> = {}): Create => ({
  name: "Front desk",
  kind: "ingest",
  codes: ["permit_export"],
  expiresAt: inDays(90),
  ...more,
});
const reader = (more: Partial<Create> = {}): Create => ingest({ name: "Reports", kind: "reader", codes: [], ...more });
const create = (input: Create) => chief.trpc.keys.create.mutate(input);
const revoke = (keyId: number, reason?: string) =>
  chief.trpc.keys.revoke.mutate({ keyId, ...(reason !== undefined && { reason }) });
const eventsOf = (keyId: number) => api.stored({ objectType: "api_key", objectId: String(keyId) });
const lastDoneBy = async (who: { id: number }, type = "user") =>
  (await api.stored({ actorType: type, actorId: String(who.id) })).at(-1);
const listed = async (keyId: number) =>
  (await chief.trpc.keys.list.query({ limit: 200 })).items.find(({ id }) => id === keyId);

/** A service in front of the API, with a key and no cookie. */
const service = (secret: string, ip?: string) => {
  const { send } = api.caller({ ...(ip !== undefined && { ip }) });
  const headers = { authorization: `Bearer ${secret}` };
  return {
    record: (json: object) => send("/trpc/events.record", { method: "POST", headers, body: JSON.stringify({ json }) }),
    recordMany: (events: object[]) =>
      send("/trpc/events.recordMany", { method: "POST", headers, body: JSON.stringify({ json: { events } }) }),
    post: (path: string, json: object) => send(path, { method: "POST", headers, body: JSON.stringify({ json }) }),
    get: (path: string, more: Record<string, string> = {}) => send(path, { headers: { ...headers, ...more } }),
  };
};
const list = `/trpc/audit.list?input=${encodeURIComponent(JSON.stringify({ json: { days: 7 } }))}`;
const event = { code: "permit_export" };

test("a key is answered once with its text, and recorded with its scope and without it", async () => {
  const expiresAt = inDays(90);
  const answer = await create(ingest({ expiresAt, networks: ["192.0.2.0/24"] }));
  expect(answer).toMatchObject({
    outcome: "done",
    receipt: { id: expect.any(String) },
    secret: expect.stringMatching(/^cs_[0-9A-Za-z]{12}_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}$/),
    key: { name: "Front desk", kind: "ingest", codes: ["permit_export"], networks: ["192.0.2.0/24"], expiresAt },
  });
  expect(answer.secret.startsWith(answer.key.prefix)).toBe(true);
  expect(await eventsOf(answer.key.id)).toMatchObject([
    {
      code: "sys_api_key_created",
      status: "success",
      severity: "high",
      object: { type: "api_key", id: String(answer.key.id), label: "Front desk" },
      changes: {
        name: { old: null, new: "Front desk" },
        kind: { old: null, new: "ingest" },
        codes: { old: null, new: ["permit_export"] },
        networks: { old: null, new: ["192.0.2.0/24"] },
        expires_at: { old: null, new: expiresAt },
      },
    },
  ]);
  expect(await listed(answer.key.id)).toEqual({ ...answer.key });
  expect(Object.keys(answer.key).sort()).toEqual(
    [
      ...["codes", "createdAt", "createdBy", "expiresAt", "id", "kind", "lastUsedAt", "name", "networks", "prefix"],
      ...["revokedAt", "revokedBy"],
    ].sort(),
  );
});

test.each<[string, Partial<Create>, string, string]>([
  ["no events to record", { codes: [] }, "codes", "too_small"],
  ["an event that does not exist", { codes: ["permit_teleport"] }, "codes.0", "unknown_code"],
  ["an event of the platform", { codes: ["sys_api_key_created"] }, "codes.0", "unknown_code"],
  ["the same event twice", { codes: ["permit_export", "permit_export"] }, "codes", "repeated"],
  ["events to read", { kind: "reader", codes: ["permit_export"] }, "codes", "not_expected"],
  ["no name", { name: " " }, "name", "blank"],
  ["another kind", { kind: "admin" as "ingest" }, "kind", "invalid_value"],
  ["an end that is past", { expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt", "past"],
  [
    "an end in two years",
    { expiresAt: new Date(Date.now() + 731 * dayMs).toISOString() },
    "expiresAt",
    "over_one_year",
  ],
  ["an end without a zone", { expiresAt: "2030-01-01T00:00:00" }, "expiresAt", "instant"],
  ["host bits in a network", { networks: ["10.0.0.1/8"] }, "networks.0", "network"],
  ["a short address", { networks: ["127.1"] }, "networks.0", "network"],
  ["a mapped address", { networks: ["::ffff:192.0.2.1"] }, "networks.0", "network"],
  ["two networks in one", { networks: ["10.0.0.0/8,11.0.0.0/8"] }, "networks.0", "network"],
  ["a secret of its own", { secret: "x" } as Partial<Create>, "secret", "unknown_field"],
])("a key with %s is refused, and that is recorded", async (_, fields, path, rule) => {
  expect(await refusalOf(create(ingest(fields)))).toMatchObject({ httpStatus: 422, fields: [{ path, rule }] });
  expect(await lastDoneBy(chief)).toMatchObject({
    code: "sys_api_key_created",
    status: "failed",
    metadata: { fields: [{ path, rule }] },
    changes: null,
  });
});

test("a key lasts at most one year to the millisecond", async () => {
  const now = new Date(api.clock.now() + 60_000);
  now.setUTCFullYear(now.getUTCFullYear() + 1);
  expect(await refusalOf(create(ingest({ expiresAt: now.toISOString() })))).toMatchObject({
    fields: [{ path: "expiresAt", rule: "over_one_year" }],
  });
  now.setTime(now.getTime() - 120_000);
  expect((await create(ingest({ expiresAt: now.toISOString() }))).key.expiresAt).toBe(now.toISOString());
});

test("nobody makes a key with a right of its own that they lack", async () => {
  const half = await api.person(["system.keys", "audit.read"], "Hal Half");
  expect(await refusalOf(half.trpc.keys.create.mutate(ingest()))).toMatchObject({
    httpStatus: 403,
    message: expect.stringContaining("audit.write"),
  });
  expect(await lastDoneBy(half)).toMatchObject({ code: "sys_api_key_created", status: "denied" });
  expect((await half.trpc.keys.create.mutate(reader())).outcome).toBe("done");
  const { key } = await create(ingest());
  expect(await refusalOf(half.trpc.keys.rotate.mutate({ keyId: key.id, overlapHours: 1 }))).toMatchObject({
    httpStatus: 403,
  });
  expect(await eventsOf(key.id)).toMatchObject([
    { status: "success" },
    { code: "sys_api_key_created", status: "denied" },
  ]);
});

test("keys are made and ended only by who has just given the password", async () => {
  const { key, secret } = await create(ingest());
  api.clock.move(6 * 60_000);
  const tries = [
    await refusalOf(create(ingest())),
    await refusalOf(revoke(key.id)),
    await refusalOf(chief.trpc.keys.rotate.mutate({ keyId: key.id, overlapHours: 0 })),
  ];
  api.clock.move(-6 * 60_000);
  for (const refusal of tries) expect(refusal).toMatchObject({ httpStatus: 403, reason: "reauthentication_required" });
  expect(await eventsOf(key.id)).toMatchObject([
    { status: "success" },
    { code: "sys_api_key_revoked", status: "denied", object: { label: "Front desk" } },
    { code: "sys_api_key_created", status: "denied" },
  ]);
  expect((await service(secret).record(event)).status).toBe(200);
});

test("an ingest key records its events as its own, with the actor it claims", async () => {
  const { key, secret } = await create(ingest({ name: "Kiosk", codes: ["permit_export", "permit_create"] }));
  const actor = { type: "user", id: "u-9", label: "Zoé" };
  const answers = [
    await service(secret).record({ ...event, actor, notes: "n" }),
    await service(secret).record({ code: "permit_create" }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(await api.stored({ source: `key:${key.id}` } as never)).toEqual(
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
  const answer = await service(secret).recordMany([event, { code: "user_delete" }, event]);
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
  for (const path of [list, "/api/audit/logs/?days=7", `/api/audit/user/${chief.id}/`]) {
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
    [writing.key.id, "audit_view_logs", () => service(writing.secret).get(list)],
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

test("a revoked key is refused at the next call, and revoking it again changes nothing", async () => {
  const { key, secret } = await create(ingest());
  expect((await service(secret).record(event)).status).toBe(200);
  const answer = await revoke(key.id, "found in a mail");
  expect(answer).toMatchObject({
    outcome: "done",
    key: { revokedAt: expect.any(String), revokedBy: { id: chief.id, name: "Cleo Chief" } },
  });
  expect((await service(secret).record(event)).status).toBe(401);
  expect(await revoke(key.id)).toMatchObject({ outcome: "no_change", receipt: null, key: answer.key });
  expect((await eventsOf(key.id)).slice(1)).toMatchObject([
    {
      code: "sys_api_key_revoked",
      status: "success",
      object: { label: "Front desk" },
      changes: { revoked_at: { old: null, new: answer.key.revokedAt } },
      notes: "found in a mail",
    },
  ]);
});

test("a key that was remembered is refused at once when it is revoked here, and soon when elsewhere", async () => {
  const { createApiKeys } = await import("../accounts/api-keys.ts");
  const { key, secret } = await create(ingest());
  const here = createApiKeys({ db: api.services.db, now: api.clock.now });
  const elsewhere = createApiKeys({ db: api.services.db, now: api.clock.now });
  for (const keys of [here, elsewhere]) expect(await keys.find(secret, undefined)).toMatchObject({ id: key.id });
  await revoke(key.id);
  here.forget();
  expect(await here.find(secret, undefined)).toBeNull();
  api.clock.move(1001);
  expect(await elsewhere.find(secret, undefined)).toBeNull();
});

test("what was read of a key before it was changed is not remembered after", async () => {
  const { createApiKeys } = await import("../accounts/api-keys.ts");
  const { key, secret } = await create(ingest());
  const keys = createApiKeys({ db: api.services.db, now: api.clock.now, cacheMs: 3_600_000 });
  const finding = keys.find(secret, undefined);
  keys.forget();
  expect(await finding).toMatchObject({ id: key.id });
  await revoke(key.id);
  expect(await keys.find(secret, undefined)).toBeNull();
});

test("a key that is over, mistyped or made elsewhere is 401, and no event", async () => {
  const { secret } = await create(ingest({ expiresAt: new Date(api.clock.now() + 5000).toISOString() }));
  expect((await service(secret).record(event)).status).toBe(200);
  const before = (await api.stored()).length;
  const mistyped = `${secret.slice(0, -1)}${secret.endsWith("a") ? "b" : "a"}`;
  const { newKey } = await import("../accounts/api-keys.ts");
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

test("a key beside a session, or in the address, is 400", async () => {
  const { secret } = await create(reader());
  const cookie = `${api.services.accounts.cookie.name}=${chief.token}`;
  const both = await service(secret).get(list, { cookie });
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

test("the list is paged, newest first", async () => {
  const ids: number[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: ApiKey[]; nextCursor: string | null } = await chief.trpc.keys.list.query({ cursor, limit: 3 });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(ids).toEqual([...ids].sort((left, right) => right - left));
  expect(ids).toEqual((await chief.trpc.keys.list.query({ limit: 200 })).items.map(({ id }) => id));
});

test("a rotated key works beside the new one until the overlap is over", async () => {
  const old = await create(ingest({ name: "Portal", networks: ["192.0.2.0/24"] }));
  const answer = await chief.trpc.keys.rotate.mutate({ keyId: old.key.id, overlapHours: 2 });
  const { name, kind, codes, networks } = old.key;
  expect(answer.key).toMatchObject({ name, kind, codes, networks });
  expect(answer.key.id).not.toBe(old.key.id);
  const lifetime = ({ createdAt, expiresAt }: ApiKey) => Date.parse(expiresAt) - Date.parse(createdAt);
  expect(lifetime(answer.key)).toBe(lifetime(old.key));
  const overlapEnd = answer.replaced.expiresAt;
  expect(Date.parse(overlapEnd) - Date.parse(answer.key.createdAt)).toBe(2 * 3_600_000);
  for (const { secret } of [old, answer]) expect((await service(secret).record(event)).status).toBe(200);
  expect(await eventsOf(answer.key.id)).toMatchObject([
    { code: "sys_api_key_created", status: "success", metadata: { replaces: String(old.key.id) } },
  ]);
  expect((await eventsOf(old.key.id)).at(-1)).toMatchObject({
    code: "sys_api_key_revoked",
    status: "success",
    changes: { expires_at: { old: old.key.expiresAt, new: overlapEnd } },
    metadata: { replacedBy: String(answer.key.id), overlapHours: 2 },
  });
  api.clock.move(2 * 3_600_000);
  expect((await service(old.secret).record(event)).status).toBe(401);
  expect((await service(answer.secret).record(event)).status).toBe(200);
  api.clock.move(-2 * 3_600_000);
});

test("without overlap the old key ends with the rotation, and cannot be rotated again", async () => {
  const old = await create(reader());
  const expiresAt = inDays(10);
  const answer = await chief.trpc.keys.rotate.mutate({ keyId: old.key.id, overlapHours: 0, expiresAt });
  expect(answer).toMatchObject({ key: { expiresAt }, replaced: { revokedAt: expect.any(String) } });
  expect((await service(old.secret).get(list)).status).toBe(401);
  expect((await service(answer.secret).get(list)).status).toBe(200);
  expect(await refusalOf(chief.trpc.keys.rotate.mutate({ keyId: old.key.id, overlapHours: 0 }))).toMatchObject({
    httpStatus: 409,
    reason: "key_over",
  });
  expect((await eventsOf(old.key.id)).at(-1)).toMatchObject({ code: "sys_api_key_created", status: "failed" });
});

test("an overlap never makes a key last longer than it would have", async () => {
  const old = await create(ingest({ expiresAt: new Date(api.clock.now() + 3_600_000).toISOString() }));
  const { replaced } = await chief.trpc.keys.rotate.mutate({
    keyId: old.key.id,
    overlapHours: 168,
    expiresAt: inDays(1),
  });
  expect(replaced.expiresAt).toBe(old.key.expiresAt);
});

test.each([-1, 169, 1.5])("an overlap of %d hours is refused", async (overlapHours) => {
  const { key } = await create(ingest());
  expect(await refusalOf(chief.trpc.keys.rotate.mutate({ keyId: key.id, overlapHours }))).toMatchObject({
    httpStatus: 422,
    fields: [{ path: "overlapHours" }],
  });
});

test("a key that is not there is 404 and recorded as failed", async () => {
  expect(await refusalOf(revoke(999_999))).toMatchObject({ httpStatus: 404 });
  expect(await refusalOf(chief.trpc.keys.rotate.mutate({ keyId: 999_999, overlapHours: 0 }))).toMatchObject({
    httpStatus: 404,
  });
  expect(await eventsOf(999_999)).toMatchObject([{ status: "failed" }, { status: "failed" }]);
});

test("the plain addresses do the same", async () => {
  const made = await chief.post("/api/keys", reader());
  const { key, secret } = (await made.json()) as { key: ApiKey; secret: string };
  expect([made.status, (await service(secret).get(list)).status]).toEqual([200, 200]);
  expect(made.headers.get("cache-control")).toContain("no-store");
  expect((await chief.get("/api/keys?limit=2")).status).toBe(200);
  expect((await chief.post(`/api/keys/${key.id}/rotate`, { overlapHours: 1 })).status).toBe(200);
  expect((await chief.post(`/api/keys/${key.id}/revoke`, {})).status).toBe(200);
  expect((await service(secret).get(list)).status).toBe(401);
  expect((await chief.post("/api/keys", ingest({ codes: [] }))).status).toBe(422);
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
  const tables = await admin<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`;
  let seen = false;
  for (const { name } of tables) {
    const rows = await admin.unsafe(`select t::text as row from ${name} t`);
    for (const { row } of rows) {
      expect([name, String(row).includes(body)]).toEqual([name, false]);
      seen ||= String(row).includes(publicId ?? "?");
    }
  }
  expect(seen).toBe(true);
  expect(JSON.stringify(api.logged)).not.toContain(body);
  expect(JSON.stringify(events)).not.toContain(body);
  const hashes = await admin<{ hash: string }[]>`select encode(secret_hash, 'hex') as hash from api_keys`;
  for (const { hash } of hashes) expect(JSON.stringify(events)).not.toContain(hash);
});
