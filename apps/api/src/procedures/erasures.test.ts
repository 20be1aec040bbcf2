import { verifyLogProof } from "@countersign/audit/ledger/proof";
import { eraseBatch, finishErasure, isSigned, setErasing } from "@countersign/db/erasing";
import { keepEnvelope } from "@countersign/db/outbox";
import { logName } from "@countersign/db/sealing";
import { inTransaction } from "@countersign/db/transaction";
import { nodeCrypto } from "@countersign/service/crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let officer: Person;
beforeAll(async () => {
  api = await createTestApi();
  officer = await api.person([
    "retention.erase",
    "retention.read",
    "users.activate",
    "audit.read",
    "permits.create",
    "permits.assign",
    "permits.read",
  ]);
});
afterAll(() => api.close());

const order = { basis: "request", reason: "asked by letter of 3 May" } as const;
const deactivate = (userId: number) => officer.trpc.users.deactivate.mutate({ userId, reason: "left" });

/** Somebody inactive of whom the log knows three events. */
const leaver = async (): Promise<Person> => {
  const person = await api.person(["permits.create"]);
  await person.trpc.permits.create.mutate({ type: "event", holderName: "Ada" });
  await deactivate(person.id);
  await api.stored();
  return person;
};
/** Does what a worker would. */
const erase = async (id: string): Promise<void> => {
  const { worker } = api.database;
  await api.sealed();
  expect(await isSigned(worker, { id, eventId: null })).toBe(true);
  await setErasing(worker, id, new Date().toISOString(), null);
  await eraseBatch(worker, id);
  const eventId =
    api.services.recorder.seal({
      code: "sys_erasure_done",
      status: "success",
      actor: { type: "platform" },
      source: "worker",
    })?.id ?? "";
  const at = new Date().toISOString();
  await inTransaction(worker, (tx) => finishErasure(tx, id, { eventId, at, archives: 0 }));
};

test("a preview says what would go and what stands against it", async () => {
  const active = await api.person(["permits.create"]);
  await active.trpc.permits.create.mutate({ type: "event", holderName: "Ada" });
  await api.stored();
  expect(await officer.trpc.erasures.preview.query({ userId: active.id })).toMatchObject({
    confirm: active.name,
    name: active.name,
    account: "active",
    counts: { actor: 1, object: 0, target: 0, query: 0 },
    total: 1,
    blocks: [{ reason: "still_active" }],
  });
  await deactivate(active.id);
  await api.stored();
  const { permit } = await officer.trpc.permits.create.mutate({ type: "event", holderName: "Ada Lovelace" });
  await api.stored();
  const both = await officer.trpc.erasures.preview.query({
    userId: active.id,
    query: { objects: [`permit:${permit.id}`] },
  });
  expect(both).toMatchObject({ account: "inactive", counts: { actor: 1, object: 1, query: 1 }, total: 3, blocks: [] });
  const alone = await officer.trpc.erasures.preview.query({ query: { objects: [`permit:${permit.id}`] } });
  expect(alone).toMatchObject({ confirm: "1", name: null, account: null, total: 1, blocks: [] });
});

test("an erasure is recorded under its typed name, and its event names nobody", async () => {
  const person = await leaver();
  const { erasure: recorded, receipt } = await officer.trpc.erasures.record.mutate({
    ...order,
    userId: person.id,
    confirm: person.name,
  });
  const erasure = recorded!;
  expect(erasure).toMatchObject({
    state: "recorded",
    subjectId: String(person.id),
    count: 2,
    ended: 0,
    requestedByName: officer.name,
  });
  const [told] = await api.stored({ codes: ["sys_details_erased"], objectId: erasure.id });
  expect(told).toMatchObject({
    id: receipt?.id,
    status: "success",
    object: { type: "subject", id: erasure.id, label: `user ${person.id}` },
    notes: order.reason,
  });
  const { entry } = await officer.trpc.audit.get.query({ id: told?.id ?? "" });
  expect(JSON.parse(entry.leaf).facts).toEqual({
    basis: "request",
    count: 2,
    ids: erasure.idsHash,
    subject: `user:${person.id}`,
  });
  expect(JSON.stringify(entry)).not.toContain(person.name);
  // Nothing went yet, and the account stays as it is until it does.
  expect(await refusalOf(officer.trpc.users.activate.mutate({ userId: person.id }))).toMatchObject({
    reason: "being_erased",
  });
  expect(await refusalOf(officer.trpc.erasures.certificate.query({ id: erasure.id }))).toMatchObject({
    reason: "not_done",
  });

  await erase(erasure.id);
  const gone = await officer.trpc.audit.list.query({ actors: [`user:${person.id}`] });
  expect(gone.entries).toMatchObject([
    { erased: true, actor: { id: String(person.id), label: null }, changes: null, ip: null },
  ]);
  expect(await api.database.admin.sql`select from users where id = ${person.id}`).toHaveLength(0);

  const { certificate, text } = await officer.trpc.erasures.certificate.query({ id: erasure.id });
  expect(certificate).toMatchObject({
    erasure: erasure.id,
    subject: `user ${person.id}`,
    count: 2,
    accountRemoved: true,
    idsHash: erasure.idsHash,
  });
  expect(certificate.ids).toHaveLength(2);
  expect(text).toContain("The person asked for it");
  expect(text).toContain("35 days");
  expect(text).toContain("streamed to other systems");
  expect(text).not.toContain(person.name);
  expect(text.toLowerCase()).not.toContain("compliant");
  const key = await api.sealed();
  const trust = { origin: await logName(api.database.api), keys: [key] };
  expect(verifyLogProof(String(certificate.proof), trust, nodeCrypto)).toMatchObject({
    ok: true,
    value: { leaf: { code: "sys_details_erased" } },
  });

  // The proof of an erased event still holds, without anything that opens its details.
  const erased = await officer.trpc.integrity.proof.query({ id: gone.entries[0]?.id ?? "" });
  expect(erased).toMatchObject({ details: null, salt: null });
  expect(verifyLogProof(erased.file, trust, nodeCrypto)).toMatchObject({ ok: true, value: { trust: "signed" } });
  expect(await officer.trpc.audit.get.query({ id: gone.entries[0]?.id ?? "" })).toMatchObject({
    entry: { erased: true },
    erasure: { id: erasure.id, basis: "request", eventId: receipt?.id },
  });
});

test("once erased, nobody of that id is known any more", async () => {
  const person = await leaver();
  await officer.trpc.erasures.record.mutate({ ...order, userId: person.id, confirm: person.name });
  const [{ id } = { id: "" }] = (await officer.trpc.erasures.list.query({ limit: 1 })).items;
  await erase(id);
  expect(await refusalOf(officer.trpc.erasures.preview.query({ userId: person.id }))).toMatchObject({
    httpStatus: 404,
  });
});

const refused = async (userId: number, confirm: string, more: object = {}) =>
  refusalOf(officer.trpc.erasures.record.mutate({ ...order, userId, confirm, ...more }));

test("the protected, the last administrator, the active and those with permits stay", async () => {
  const { sql } = api.database.admin;
  const [role] =
    await sql`insert into roles (name, name_folded, shipped) values ('Administrator', 'administrator', 'administrator') returning id`;
  const last = await api.person([]);
  await sql`insert into user_roles values (${last.id}, ${Number(role?.id)})`;
  expect(await refused(last.id, last.name)).toMatchObject({ httpStatus: 403, reason: "last_administrator" });
  await sql`insert into system_config (key, value) values ('protected_users', ${JSON.stringify([last.id])}::text::jsonb)`;
  expect(await refused(last.id, last.name)).toMatchObject({ httpStatus: 403, reason: "protected" });
  const denied = await api.stored({ codes: ["sys_details_erased"], statuses: ["denied"] });
  expect(denied.at(-1)).toMatchObject({ object: { type: "subject", id: String(last.id), label: `user ${last.id}` } });
  expect(JSON.stringify(denied)).not.toContain(last.name);

  const active = await api.person([]);
  expect(await refused(active.id, active.name)).toMatchObject({ httpStatus: 409, reason: "still_active" });
  expect(await refused(officer.id, officer.name)).toMatchObject({ httpStatus: 409, reason: "still_active" });
  const worker = await api.person(["permits.read"]);
  const { permit } = await officer.trpc.permits.create.mutate({ type: "event", holderName: "Ada" });
  await officer.trpc.permits.assign.mutate({ permitId: permit.id, userId: worker.id });
  await deactivate(worker.id);
  expect(await refused(worker.id, worker.name)).toMatchObject({ httpStatus: 409, reason: "has_permits" });
  const powerful = await api.person(["system.restore"]);
  await sql`update users set status = 'inactive' where id = ${powerful.id}`;
  expect(await refused(powerful.id, powerful.name)).toMatchObject({ httpStatus: 403, reason: "more_powerful" });
  expect(
    await sql`select from erasure where subject_id = any(${[last, active, worker, powerful].map(({ id }) => String(id))})`,
  ).toEqual([]);
});

test("a query is no way round to the acts of the protected and the active, one's own among them", async () => {
  const { sql } = api.database.admin;
  const active = await api.person(["permits.create"]);
  const { permit } = await active.trpc.permits.create.mutate({ type: "event", holderName: "Ada" });
  const guarded = await api.person(["permits.create"]);
  await guarded.trpc.permits.create.mutate({ type: "event", holderName: "Ada" });
  await api.stored();
  await sql`insert into user_roles select ${guarded.id}, id from roles where shipped = 'administrator'`;
  await sql`update system_config set value = value || ${String(guarded.id)}::text::jsonb where key = 'protected_users'`;
  const preview = async (query: object) => {
    const { blocks, confirm } = await officer.trpc.erasures.preview.query({ query });
    return { blocks, confirm };
  };
  const record = async (query: object, confirm: string) =>
    refusalOf(officer.trpc.erasures.record.mutate({ ...order, query, confirm }));
  for (const query of [
    { actors: [`user:${active.id}`] },
    { objects: [`permit:${permit?.id}`], actors: [`user:${active.id}`] },
    { objects: ["permit"], from: "2020-01-01T00:00:00Z", to: "2040-01-01T00:00:00Z" },
    { actors: [`user:${officer.id}`] },
    {
      objects: [`user:${active.id}`, `user:${officer.id}`],
      codes: ["user_update", "user_create"],
    },
  ]) {
    const { blocks, confirm } = await preview(query);
    if (confirm === "0") continue;
    expect(blocks).toMatchObject([{ reason: expect.stringMatching(/active_in_query|protected_in_query/) }]);
    expect(await record(query, confirm)).toMatchObject({ httpStatus: 403 });
  }
  const { blocks } = await preview({ actors: [`user:${active.id}`] });
  expect(blocks[0]?.sentence).toContain(active.name);
  const { blocks: refused, confirm } = await preview({ actors: [`user:${guarded.id}`] });
  expect(refused).toMatchObject([{ reason: "protected_in_query" }]);
  expect(await record({ actors: [`user:${guarded.id}`] }, confirm)).toMatchObject({ reason: "protected_in_query" });
  const told = await api.stored({ codes: ["sys_details_erased"], statuses: ["denied"] });
  expect(JSON.stringify(told)).not.toContain(active.name);
  // What the office keeps on a permit may go, whoever wrote it down.
  expect((await preview({ objects: [`permit:${permit?.id}`] })).blocks).toEqual([]);
});

test("an alert's event that repeats what is erased goes too, and who waits for approval stays until it is decided", async () => {
  const person = await leaver();
  const { sql } = api.database.admin;
  const about = { actorId: String(person.id) };
  const [first] = await api.stored(about);
  const said = `${person.name} created P-1`;
  const before = await officer.trpc.erasures.preview.query({ userId: person.id });
  const raised = api.services.recorder.seal({
    code: "sys_alert_raised",
    status: "success",
    actor: { type: "platform" },
    source: "worker",
    metadata: { alert: 1, headline: said, events: [first?.id ?? ""] },
  });
  const other = api.services.recorder.seal({
    code: "sys_alert_raised",
    status: "success",
    actor: { type: "platform" },
    source: "worker",
    metadata: { alert: 2, headline: said, events: [] },
  });
  if (other) await keepEnvelope(api.database.api, other.id, [other]);
  if (raised) await keepEnvelope(api.database.api, raised.id, [raised]);
  await api.stored();
  const after = await officer.trpc.erasures.preview.query({ userId: person.id });
  expect(after.total).toBe(before.total + 1);

  await sql`insert into approval_request (event, operation, feature, input, object_version, hash, changes, requester_id, requester_name, reason, quorum, created_at, expires_at)
    values ('permit_delete', 'permits.delete', 'permits.delete', '{}', '{}', '\\x00', '{}', ${person.id}, 'x', 'x', 1, now(), now() + interval '1 day')`;
  const blocked = await officer.trpc.erasures.preview.query({ userId: person.id });
  expect(blocked.blocks.map(({ reason }) => reason)).toEqual(["has_requests"]);
});

test("nobody under a hold is erased, and the refusal names the hold", async () => {
  const person = await leaver();
  const { sql } = api.database.admin;
  const scope = JSON.stringify({ kind: "actor", type: "user", id: String(person.id) });
  const [hold] = await sql`insert into legal_hold (name, reason, scope, placed_at, placed_by)
    values ('Case 12', 'inquiry', ${scope}::text::jsonb, now(), ${officer.id}) returning id`;
  expect((await officer.trpc.erasures.preview.query({ userId: person.id })).blocks).toMatchObject([{ reason: "held" }]);
  expect(await refused(person.id, person.name)).toMatchObject({
    httpStatus: 409,
    reason: "held",
    message: expect.stringContaining("Case 12"),
  });
  await sql`update legal_hold set released_at = now(), released_by = 1, version = version + 1 where id = ${Number(hold?.id)}`;
  expect((await officer.trpc.erasures.preview.query({ userId: person.id })).blocks).toEqual([]);
});

test("what was typed must be the name", async () => {
  const person = await leaver();
  for (const confirm of [person.name.toLowerCase(), `${person.name}.`, `user ${person.id}`, "2"]) {
    expect(await refused(person.id, confirm)).toMatchObject({ httpStatus: 422, reason: "not_confirmed" });
  }
  expect(await refused(999_999, "x")).toMatchObject({ httpStatus: 404 });
});

test("of two at once, or one after the other, one is recorded", async () => {
  const person = await leaver();
  const ends = await Promise.allSettled(
    Array.from({ length: 4 }, () =>
      officer.trpc.erasures.record.mutate({ ...order, userId: person.id, confirm: person.name }),
    ),
  );
  expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await refused(person.id, person.name)).toMatchObject({ httpStatus: 409, reason: "under_way" });
  expect(await api.database.admin.sql`select from erasure where subject_id = ${String(person.id)}`).toHaveLength(1);
});

test("bad input erases nothing", async () => {
  const person = await leaver();
  const before = await api.database.admin.sql`select count(*)::int as count from erasure`;
  const bad: object[] = [
    { userId: 0 },
    { userId: "1" },
    { userId: 1.5 },
    {},
    { query: {} },
    { query: { codes: [] } },
    { query: { colour: "red" } },
    { userId: person.id, basis: "gdpr" },
    { userId: person.id, reason: "" },
    { userId: person.id, confirm: "" },
    { userId: person.id, force: true },
    { userId: person.id, query: { from: "2026-02-30T00:00:00Z" } },
  ];
  for (const input of bad) {
    const call = officer.trpc.erasures.record.mutate({ ...order, confirm: person.name, ...input } as never);
    expect([input, (await refusalOf(call)).httpStatus]).toEqual([input, 422]);
  }
  expect(await api.database.admin.sql`select count(*)::int as count from erasure`).toEqual(before);
});

test("a password that was given long ago does not do", async () => {
  const person = await leaver();
  const stale = await api.person(["retention.erase"]);
  await api.database.admin
    .sql`update sessions set authenticated_at = now() - interval '1 hour' where user_id = ${stale.id}`;
  const call = stale.trpc.erasures.record.mutate({ ...order, userId: person.id, confirm: person.name });
  expect(await refusalOf(call)).toMatchObject({ reason: "reauthentication_required" });
});
