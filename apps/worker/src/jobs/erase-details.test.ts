import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventDraft } from "@countersign/audit/draft";
import { uuid7 } from "@countersign/audit/uuid7";
import { StartError } from "@countersign/db/embedded/start-error";
import { findHold } from "@countersign/db/erasure-holds";
import { readManifest, replayErasures } from "@countersign/db/erasure-replay";
import { eventsAbout, eventsRepeating, findErasure, idsHashOf } from "@countersign/db/erasures";
import type { HoldScope } from "@countersign/db/legal-holds";
import { keepEnvelope } from "@countersign/db/outbox";
import { runVerification } from "@countersign/db/run-verification";
import type { VerificationReport } from "@countersign/db/verification-records";
import { nodeCrypto } from "@countersign/service/crypto";
import type { TransactionSql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordErasure } from "../testing/record-erasure.ts";
import { openSignedLog, type SignedLog } from "../testing/signed-log.ts";
import { type ErasingOptions, eraseDetailsJob } from "./erase-details.ts";

let log: SignedLog;
let folder: string;
beforeAll(async () => {
  log = await openSignedLog();
  folder = await mkdtemp(join(tmpdir(), "countersign-erasing-"));
});
afterAll(async () => {
  await log.end();
  await rm(folder, { recursive: true, force: true });
});

const at = () => new Date(log.deps.now()).toISOString();
const alive = new AbortController().signal;

const keepDrafts = async (drafts: Omit<EventDraft, "status" | "source">[]): Promise<string[]> => {
  const events = drafts.flatMap(
    (draft) => log.deps.recorder.seal({ status: "success", source: "app", ...draft }) ?? [],
  );
  await keepEnvelope(log.database.api, log.deps.nextId(), events);
  return events.map(({ id }) => id);
};

let people = 100;
/** Somebody of whom events are stored and sealed: as actor, object and target. */
const somebody = async (): Promise<{ userId: string; ids: string[] }> => {
  const userId = String(++people);
  const label = `Mara Ilic ${userId}`;
  const admin = { type: "user", id: "1", label: "Ana" } as const;
  const ids = await keepDrafts([
    {
      code: "permit_read",
      actor: { type: "user", id: userId, label },
      object: { type: "permit", id: "1" },
      request: { ip: "192.0.2.9" },
    },
    { code: "user_update", actor: admin, object: { type: "user", id: userId, label } },
    {
      code: "permit_assign",
      actor: admin,
      object: { type: "permit", id: "2" },
      target: { type: "user", id: userId, label },
    },
    { code: "permit_read", actor: admin, object: { type: "permit", id: "3" } },
  ]);
  await log.store();
  await log.seal();
  return { userId, ids: ids.slice(0, 3) };
};

const record = (subjectId: string | null, ids: readonly string[]): Promise<string> =>
  recordErasure(log.database.api, log.deps, subjectId, ids);

const run = (more: Partial<ErasingOptions> = {}) =>
  eraseDetailsJob(log.deps, {
    manifestDir: join(folder, "erasures"),
    archiveDir: join(folder, "archive"),
    findHold,
    ...more,
  })(alive);
const detailsOf = async (ids: readonly string[]) =>
  log.database.admin.sql<{ details: string | null; salt: Uint8Array | null }[]>`
    select details, salt from event_log where id = any(${`{${ids.join(",")}}`}::text::uuid[])`;
const verify = async (readAnchors = async () => [await log.anchor()]): Promise<VerificationReport> => {
  const done = await runVerification(log.database.worker, {
    crypto: nodeCrypto,
    keys: null,
    readAnchors,
    full: true,
    startedBy: "worker",
    now: log.deps.now,
    sleep: async () => undefined,
  });
  if (done === null) throw new Error("not verified");
  return done.report;
};
const state = async (id: string) => (await findErasure(log.database.worker, id))?.state;

test("nothing goes before a signed checkpoint covers the manifest's event; then all of it, and the log still verifies", async () => {
  const { userId, ids } = await somebody();
  expect(await eventsAbout(log.database.api, userId, 100)).toEqual(ids);
  const id = await record(userId, ids);
  await run();
  await log.store();
  await run();
  expect((await detailsOf(ids)).filter(({ details }) => details === null)).toEqual([]);
  await expect(log.database.worker.sql`select * from erase_details(${id}, ${ids[0] ?? ""}, 10)`).rejects.toMatchObject({
    code: "55000",
  });
  await log.seal();
  await run();
  expect(await detailsOf(ids)).toEqual(Array(3).fill({ details: null, salt: null }));
  expect(await findErasure(log.database.api, id)).toMatchObject({
    state: "done",
    count: 3,
    ended: 3,
    gone: 0,
    accountRemoved: false,
  });
  await log.store();
  await log.seal();
  const report = await verify();
  expect([report.ok, report.counts.OK_ERASED, report.found]).toEqual([true, 3, 0]);
  const told = await log.database.admin
    .sql`select details from event_log where code = 'sys_erasure_done' and object_id = ${id}`;
  expect(told).toHaveLength(1);
  const manifest = JSON.parse(await readFile(join(folder, "erasures", `${id}.json`), "utf8"));
  expect(manifest).toMatchObject({ id, subjectId: userId, ids });
  expect(await eventsAbout(log.database.api, userId, 100)).toEqual([]);
});

test("what still waits in the outbox is erased once it is stored, and what was set aside, too", async () => {
  const userId = String(++people);
  const [waiting = ""] = await keepDrafts([
    { code: "permit_read", actor: { type: "user", id: userId, label: "Mara" } },
  ]);
  const aside = uuid7(Date.now(), randomBytes(10));
  await log.database.admin.sql`
    insert into dead_letter (id, envelope_id, kept_at, leaf, details, leaf_hash, salt, error_code, error, attempts)
    values (${aside}, ${aside}, now(), ${`{"actor":{"id":"${userId}","type":"user"}}`}, 'Mara', '', '', '22000', 'x', 1)`;
  const ids = await eventsAbout(log.database.api, userId, 10);
  expect(ids).toEqual([waiting, aside].sort());
  // The manifest is sealed before the event is stored.
  await log.database.admin.sql`create table kept as select * from audit_outbox`;
  await log.database.admin.sql`delete from audit_outbox`;
  const id = await record(userId, ids);
  await log.store();
  await log.seal();
  await log.database.admin.sql`insert into audit_outbox select * from kept`;
  await log.database.admin.sql`drop table kept`;
  await run();
  expect(await state(id)).toBe("erasing");
  expect(await log.database.admin.sql`select details, salt from dead_letter where id = ${aside}`).toEqual([
    { details: null, salt: null },
  ]);
  await log.store();
  await run();
  expect([await state(id), await detailsOf([waiting])]).toEqual(["done", [{ details: null, salt: null }]]);
  await log.store();
  await log.seal();
  await log.database.admin.sql`delete from dead_letter`;
  expect((await verify()).found).toBe(0);
});

const place = async (scope: HoldScope): Promise<() => Promise<unknown>> => {
  const { sql } = log.database.admin;
  const [hold] = await sql`insert into legal_hold (name, reason, scope, placed_at, placed_by)
    values ('Case 12', 'inquiry', ${JSON.stringify(scope)}::text::jsonb, now(), 1) returning id`;
  const id = Number(hold?.id);
  return () => sql`update legal_hold set released_at = now(), released_by = 1, version = version + 1 where id = ${id}`;
};

test.each<[string, (who: { userId: string; ids: string[] }) => HoldScope]>([
  ["the person as actor", ({ userId }) => ({ kind: "actor", type: "user", id: userId })],
  ["the person as object", ({ userId }) => ({ kind: "object", type: "user", id: userId })],
  ["a permit of theirs", () => ({ kind: "object", type: "permit", id: "2" })],
  ["a query", () => ({ kind: "query", filter: { codes: ["user_update"] } })],
  ["a time", () => ({ kind: "time", fromMs: 0, toMs: Date.UTC(2100, 0) })],
])("a hold on %s stops it, and it goes on once that is released", async (_, scopeOf) => {
  const who = await somebody();
  const id = await record(who.userId, who.ids);
  await log.store();
  await log.seal();
  const release = await place(scopeOf(who));
  await run();
  expect(await findErasure(log.database.api, id)).toMatchObject({ state: "held", heldBy: "Case 12", ended: 0 });
  expect((await detailsOf(who.ids)).every(({ details }) => details !== null)).toBe(true);
  const call = log.database.worker.sql`select * from erase_details(${id}, ${who.ids[0] ?? ""}, 10)`;
  await expect(call).rejects.toMatchObject({ code: "55000" });
  await release();
  await run();
  expect(await state(id)).toBe("done");
});

test("what alerts, messages and requests repeat goes too, of others nothing, and a request that waits is waited for", async () => {
  const { userId, ids } = await somebody();
  const name = `Mara Ilic ${userId}`;
  const { sql } = log.database.admin;
  const said = `${name} read P-1`;
  const [mine, others] = await sql<{ id: number }[]>`
    insert into alerts (rule_id, rule_name, severity, state, headline, group_by, group_value, group_label, count, event_ids, first_at, last_at, notes)
    values (1, 'Reads', 'high', 'closed', ${said}, 'actor', ${`user:${userId}`}, ${name}, 1, ${`{${ids[0]}}`}::text::uuid[], ${at()}, ${at()}, '[]'),
      (1, 'Reads', 'high', 'closed', 'Ana read P-1', 'actor', 'user:1', 'Ana', 1, '{}', ${at()}, ${at()},
        ${JSON.stringify([{ at: at(), by: { id: Number(userId), name }, state: "closed", text: "I know her" }])})
    returning id::int as id`;
  const message = { kind: "alert", rule: "Reads", headline: said, events: [{ id: ids[0], sentence: said }] };
  const digest = {
    kind: "digest",
    headline: "2",
    events: [],
    held: [{ headline: said }, { headline: "Ana read P-1" }],
  };
  for (const [key, alertId, told] of [
    ["a", mine?.id ?? 0, message],
    ["b", others?.id ?? 0, { ...message, headline: "Ana" }],
    ["c", null, digest],
  ] as const) {
    await sql`insert into notifications (key, alert_id, channel_id, channel_name, state, message, at)
      values (${key + userId}, ${alertId}, 1, 'Post', 'sent', ${JSON.stringify(told)}, ${at()})`;
  }
  const ask = (state: string, requester: string) => sql`
    insert into approval_request (event, operation, feature, input, object_version, hash, object, changes, requester_id, requester_name, reason, state, quorum, created_at, expires_at, closed_at)
    values ('permit_delete', 'permits.delete', 'permits.delete', ${JSON.stringify({ reason: requester === userId ? `${name} asks` : "Ana asks", state })}, '{}', '\\x00', '{"type":"permit","id":"1","label":"P-1"}', '{}',
      ${requester}, ${requester === userId ? name : "Ana"}, ${requester === userId ? `${name} asks` : "Ana asks"}, ${state}, 1, ${at()}, ${at()}, ${state === "pending" ? null : at()}) returning id`;
  await ask("approved", userId);
  await ask("approved", "1");
  const [waiting] = await ask("pending", userId);
  const [erasing] = await ask("approved", "1");
  await sql`update approval_request set operation = 'erasures.record', object = '{"type":"subject","id":"x"}',
    input = ${JSON.stringify({ confirm: name, userId: Number(userId) })} where id = ${erasing?.id ?? 0}`;
  const id = await record(userId, ids);
  await log.store();
  await log.seal();
  await run();
  expect(await state(id)).toBe("erasing");
  await sql`update approval_request set state = 'expired', closed_at = ${at()} where id = ${waiting?.id ?? 0}`;
  await run();
  expect(await state(id)).toBe("done");
  const rows = await sql`
    select t::text as text from alerts t union all select t::text from notifications t
    union all select t::text from approval_request t union all select t::text from approval_decision t`;
  const all = rows.map(({ text }) => text).join("\n");
  expect(all).not.toContain(name);
  for (const kept of ["Ana read P-1", "Ana asks", `user ${userId}`, "Its personal parts were erased"]) {
    expect(all).toContain(kept);
  }
});

test("an event that is stored under an older hold after holds were looked at is not emptied", async () => {
  const { userId, ids } = await somebody();
  const release = await place({ kind: "object", type: "permit", id: "4711" });
  const late = log.deps.recorder.seal({
    ...{ code: "permit_read", status: "success", source: "app", actor: { type: "user", id: userId, label: "Mara" } },
    object: { type: "permit", id: "4711" },
  });
  if (late === null) throw new Error("the event was not sealed");
  const id = await record(userId, [...ids, late.id].sort());
  await log.store();
  await log.seal();
  await run({
    findHold: async (...asked) => {
      const found = await findHold(...asked);
      await keepEnvelope(log.database.api, log.deps.nextId(), [late]);
      await log.store();
      return found;
    },
  });
  const [row] = await log.database.admin.sql`select details from event_log where id = ${late.id}`;
  expect(row?.details).not.toBeNull();
  await run();
  expect(await findErasure(log.database.api, id)).toMatchObject({ state: "held" });
  await release();
  await run();
  expect(await state(id)).toBe("done");
  // The next vacuum of the month comes with its next change.
  const [part] = await log.database.admin.sql`
    select array_to_string(c.reloptions, ',') as options from event_log e join pg_class c on c.oid = e.tableoid where e.id = ${late.id}`;
  expect(part?.options).toContain("autovacuum_vacuum_threshold=1");
});

test("what alerts say of a person goes although their events are gone, and what rules remember of them", async () => {
  const { userId, ids } = await somebody();
  const name = `Mara Ilic ${userId}`;
  const { sql } = log.database.admin;
  const said = `200 events within 10 minutes by ${name}`;
  const [alert] = await sql<{ id: number }[]>`
    insert into alerts (rule_id, rule_name, severity, state, headline, group_by, group_value, group_label, count, event_ids, first_at, last_at)
    values (2, 'Reads', 'high', 'open', ${said}, 'actor', ${`user:${userId}`}, ${name}, 200, array[gen_random_uuid()], ${at()}, ${at()})
    returning id::int as id`;
  await sql`insert into notifications (key, alert_id, channel_id, channel_name, state, message, at)
    values (${`gone${userId}`}, ${alert?.id ?? 0}, 1, 'Post', 'sent', ${JSON.stringify({ kind: "alert", headline: said, events: [] })}, ${at()})`;
  const [rule] = await sql`insert into alert_rules (name, name_folded, definition, created_at, updated_at)
    values (${name}, ${name}, '{}', now(), now()) returning id`;
  const rest = { "actor user:1": { label: "Ana" } };
  const state = {
    groups: { [`actor user:${userId}`]: { label: name }, ...rest },
    seen: { [`user:${userId} 192.0.2.9`]: 1, [`user:${userId}0 192.0.2.9`]: 2 },
  };
  await sql`insert into alert_rule_states (rule_id, definition, state) values (${rule?.id}, '{}', ${JSON.stringify(state)}::text::jsonb)`;
  const gone = ["00000000-0000-7000-8000-000000000000"];
  const raised = (metadata: Record<string, unknown>) =>
    keepDrafts([{ code: "sys_alert_raised", actor: { type: "platform" }, metadata: metadata as never }]);
  const [byGroup = ""] = await raised({ alert: 9999, headline: said, events: gone, group: `user:${userId}` });
  const [byAlert = ""] = await raised({ alert: alert?.id ?? 0, headline: said, events: gone });
  await raised({ alert: 9998, headline: "5 events by Ana", events: gone, group: "user:1" });
  await log.store();
  await log.seal();
  expect(await eventsRepeating(log.database.api, [], userId, 10)).toEqual([byGroup, byAlert]);
  const id = await record(userId, [...ids, byGroup, byAlert].sort());
  await log.store();
  await log.seal();
  await run();
  expect((await findErasure(log.database.api, id))?.state).toBe("done");
  const rows = await sql`select a::text as text from alerts a union all select n::text from notifications n
    union all select e.details from event_log e where code = 'sys_alert_raised' and details is not null`;
  expect(rows.map(({ text }) => text).join("\n")).not.toContain(name);
  const [kept] = await sql`select state from alert_rule_states where rule_id = ${rule?.id}`;
  expect(kept?.state).toEqual({ groups: rest, seen: { [`user:${userId}0 192.0.2.9`]: 2 } });
});

test("a hold that is placed when all was looked at and nothing has gone yet wins", async () => {
  const { userId, ids } = await somebody();
  const id = await record(userId, ids);
  await log.store();
  await log.seal();
  let release: (() => Promise<unknown>) | undefined;
  await run({
    findHold: async (...asked) => {
      const found = await findHold(...asked);
      release ??= await place({ kind: "actor", type: "user", id: userId });
      return found;
    },
  });
  expect((await detailsOf(ids)).every(({ details }) => details !== null)).toBe(true);
  await run();
  expect(await state(id)).toBe("held");
  await release?.();
  await run();
  expect(await state(id)).toBe("done");
});

test("two workers at once erase everything once", async () => {
  const { userId, ids } = await somebody();
  const id = await record(userId, ids);
  await log.store();
  await log.seal();
  await Promise.all([run(), run(), run()]);
  await run();
  expect(await state(id)).toBe("done");
  await log.store();
  await log.seal();
  expect(
    await log.database.admin.sql`select from event_log where code = 'sys_erasure_done' and object_id = ${id}`,
  ).toHaveLength(1);
});

test("an erasure while the log is being verified is no false alarm", async () => {
  const { userId, ids } = await somebody();
  await record(userId, ids);
  await log.store();
  await log.seal();
  let erased = false;
  const report = await verify(async () => {
    if (!erased) await run();
    erased = true;
    return [await log.anchor()];
  });
  expect([report.found, erased]).toEqual([0, true]);
});

test("fifty erasures, each followed by a verification: no false alarm", async () => {
  const before = (await verify()).counts.OK_ERASED;
  for (let round = 1; round <= 50; round++) {
    const { userId, ids } = await somebody();
    await record(userId, ids);
    await log.store();
    await log.seal();
    const [report] = await Promise.all([verify(), run()]);
    // The one that begins meanwhile may see any part of it; the one of before, all of it.
    expect([report.found, report.counts.OK_ERASED >= before + 3 * (round - 1)]).toEqual([0, true]);
  }
  const after = await verify();
  expect([after.found, after.counts.OK_ERASED]).toEqual([0, before + 3 * 50]);
}, 120_000);

/** What a superuser's edit is found as; it is undone at once. */
const foundAfter = async (edit: (tx: TransactionSql) => Promise<unknown>): Promise<string[]> => {
  const { sql } = log.database.admin;
  await sql.unsafe("create schema before");
  for (const table of ["erasure", "erasure_event", "event_log"]) {
    await sql.unsafe(`create table before.${table} as table public.${table}`);
  }
  const unguarded = (work: (tx: TransactionSql) => Promise<unknown>) =>
    sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await work(tx);
    });
  await unguarded(edit);
  const { findings } = await verify();
  await unguarded(async (tx) => {
    for (const table of ["erasure_event", "erasure", "event_log"]) await tx.unsafe(`delete from ${table}`);
    for (const table of ["erasure", "erasure_event", "event_log"]) {
      await tx.unsafe(`insert into ${table} select * from before.${table}`);
    }
  });
  await sql.unsafe("drop schema before cascade");
  return findings.map(({ code, id, part }) => [code, id, part].join(" "));
};

test("a manifest that was altered, or is under no signature, explains nothing", async () => {
  const { userId, ids } = await somebody();
  const { ids: others } = await somebody();
  const id = await record(userId, ids);
  await log.store();
  await log.seal();
  await run();
  await log.store();
  await log.seal();
  expect(await foundAfter(async () => undefined)).toEqual([]);
  const [other = ""] = others;
  const missing = (list: readonly string[]) => list.map((one) => `DETAILS_MISSING ${one} details`);
  const empty = (tx: TransactionSql) => tx`update event_log set details = null, salt = null where id = ${other}`;
  expect(await foundAfter(empty)).toEqual(missing([other]));
  // The list made longer, to cover one more.
  const longer = async (tx: TransactionSql) => {
    await empty(tx);
    await tx`insert into erasure_event values (${other}, ${id}, 'erased', now())`;
  };
  expect(await foundAfter(longer)).toEqual(missing([...ids, other]));
  // An erasure of its own making, with the leaf of a true one, or with one that was never sealed.
  const forged = (leaf: (text: string) => string) => async (tx: TransactionSql) => {
    await empty(tx);
    const mine = uuid7(log.deps.now(), randomBytes(10));
    const [row] = await tx`select leaf from erasure where id = ${id}`;
    const hash = idsHashOf([other], nodeCrypto.sha256);
    const made = leaf(String(row?.leaf)).replaceAll(id, mine);
    await tx`insert into erasure (id, by_query, basis, reason, count, ids_hash, requested_at, requested_by, state, leaf)
      values (${mine}, false, 'request', 'x', 1, ${hash}, now(), 'user:1', 'done', ${made})`;
    await tx`insert into erasure_event values (${other}, ${mine}, 'erased', now())`;
  };
  expect(await foundAfter(forged((text) => text))).toEqual(missing([other]));
  const facts = Buffer.from(idsHashOf([other], nodeCrypto.sha256)).toString("base64");
  const withFacts = (text: string) =>
    text.replace(/"ids":"[^"]+"/, `"ids":"${facts}"`).replace('"count":3', '"count":1');
  expect(await foundAfter(forged(withFacts))).toEqual(missing([other]));
  // The event that tells of it is altered where it is kept beside its manifest.
  const altered = (tx: TransactionSql) =>
    tx`update erasure set leaf = replace(leaf, 'request', 'consent_withdrawn') where id = ${id}`;
  expect(await foundAfter(altered)).toEqual(missing(ids));
  expect(await foundAfter((tx) => tx`update erasure set leaf = null where id = ${id}`)).toEqual(missing(ids));
});

test("only the function empties details, only of what a manifest names, and a manifest stays as it was written", async () => {
  const { userId, ids } = await somebody();
  const id = await record(userId, ids.slice(0, 1));
  await log.store();
  await log.seal();
  const { sql } = log.database.admin;
  const [, other = ""] = ids;
  const refused = { code: "42501" };
  await expect(sql`update event_log set details = null, salt = null where id = ${other}`).rejects.toMatchObject(
    refused,
  );
  await expect(
    sql.begin(async (tx) => {
      await tx`select set_config('countersign.erasing', ${id}, true)`;
      await tx`update event_log set details = null, salt = null where id = any(${`{${ids.join(",")}}`}::text::uuid[])`;
    }),
  ).rejects.toMatchObject(refused);
  for (const statement of [
    `delete from erasure where id = '${id}'`,
    `delete from erasure_event where erasure_id = '${id}'`,
    `update erasure set count = 2 where id = '${id}'`,
    `update erasure_event set event_id = '${other}' where erasure_id = '${id}'`,
    "truncate erasure, erasure_event",
  ]) {
    await expect(sql.unsafe(statement)).rejects.toMatchObject(refused);
  }
  await expect(log.database.api.sql`select * from erase_details(${id}, ${other}, 1)`).rejects.toMatchObject(refused);
  await expect(log.database.worker.sql`update event_log set details = null`).rejects.toMatchObject(refused);
  await run();
  expect((await detailsOf(ids)).filter(({ details }) => details === null)).toHaveLength(1);
});

test("after a restore, what was erased since is recorded again, goes again, and verifies", async () => {
  const { sql } = log.database.admin;
  const [user] =
    await sql`insert into users (username, username_folded, name, status) values ('mara', 'mara', 'Mara Ilic', 'inactive') returning id`;
  const userId = String(user?.id);
  const ids = await keepDrafts([{ code: "permit_read", actor: { type: "user", id: userId, label: "Mara Ilic" } }]);
  await log.store();
  await log.seal();
  // The backup has the account active, the details in place, and no word of the erasure.
  await sql`create table backup as select * from event_log where id = ${ids[0] ?? ""}`;
  const id = await record(userId, ids);
  await log.store();
  await log.seal();
  await run();
  expect(await findErasure(log.database.api, id)).toMatchObject({ state: "done", accountRemoved: true });
  await log.store();
  const text = await readFile(join(folder, "erasures", `${id}.json`), "utf8");
  const manifest = readManifest(text, "m.json", nodeCrypto.sha256);
  expect(() => readManifest(text.replace(ids[0] ?? "", id), "m.json", nodeCrypto.sha256)).toThrow(StartError);
  expect(() => readManifest("{", "m.json", nodeCrypto.sha256)).toThrow(StartError);
  const deps = { recorder: log.deps.recorder, nextId: log.deps.nextId, sha256: nodeCrypto.sha256, at: at() };
  expect(await replayErasures(log.database.admin, [manifest], deps)).toEqual([]);
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`update event_log e set details = b.details, salt = b.salt from backup b where b.id = e.id`;
    await tx`delete from erasure_event where erasure_id = ${id}`;
    await tx`delete from erasure where id = ${id}`;
    await tx`insert into users (id, username, username_folded, name) overriding system value values (${userId}, 'mara', 'mara', 'Mara Ilic')`;
  });
  const [replay] = await replayErasures(log.database.admin, [manifest], deps);
  expect(replay).toMatchObject({ follows: id, count: 1, account: "goes" });
  expect(await replayErasures(log.database.admin, [manifest], deps)).toEqual([]);
  await log.store();
  await log.seal();
  await run();
  expect(await detailsOf(ids)).toEqual([{ details: null, salt: null }]);
  expect(await sql`select from users where id = ${userId}`).toHaveLength(0);
  expect(await findErasure(log.database.api, replay?.erasure ?? "")).toMatchObject({
    state: "done",
    follows: id,
    requestedBy: "restore",
  });
  await log.store();
  await log.seal();
  expect((await verify()).found).toBe(0);
});
