import type { ApiKey } from "@countersign/db/api-keys";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Person, refusalOf, type TestApi } from "../testing.ts";
import { createKeyOffice, event, type KeyOffice, logAddress, type NewKey } from "./testing/key-office.ts";

const dayMs = 86_400_000;

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
const inDays = (days: number) => new Date(api.clock.now() + days * dayMs).toISOString();
const revoke = (keyId: number, reason?: string) =>
  chief.trpc.keys.revoke.mutate({ keyId, ...(reason !== undefined && { reason }) });
const eventsOf = (keyId: number) => api.stored({ objectType: "api_key", objectId: String(keyId) });
const lastDoneBy = async (who: { id: number }) =>
  (await api.stored({ actorType: "user", actorId: String(who.id) })).at(-1);

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

test.each<[string, Partial<NewKey>, string, string]>([
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
  ["a secret of its own", { secret: "x" } as Partial<NewKey>, "secret", "unknown_field"],
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
  expect((await service(old.secret).get(logAddress)).status).toBe(401);
  expect((await service(answer.secret).get(logAddress)).status).toBe(200);
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
  expect([made.status, (await service(secret).get(logAddress)).status]).toEqual([200, 200]);
  expect(made.headers.get("cache-control")).toContain("no-store");
  expect((await chief.get("/api/keys?limit=2")).status).toBe(200);
  expect((await chief.post(`/api/keys/${key.id}/rotate`, { overlapHours: 1 })).status).toBe(200);
  expect((await chief.post(`/api/keys/${key.id}/revoke`, {})).status).toBe(200);
  expect((await service(secret).get(logAddress)).status).toBe(401);
  expect((await chief.post("/api/keys", ingest({ codes: [] }))).status).toBe(422);
});
