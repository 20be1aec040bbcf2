import { isRunDue, nextRunMs } from "@countersign/audit/retention";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestApi, type Person, type TestApi } from "../testing.ts";

let api: TestApi;
let keeper: Person;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  keeper = await api.person([
    "retention.read",
    "retention.manage",
    "retention.hold",
    "audit.read",
    "permits.create",
    "permits.read",
  ]);
});

const onPermit = (id: string | number) => ({ kind: "object", type: "permit", id: String(id) }) as const;
const reason = "court order 12/26";
const lastOf = async (code: string) => (await api.stored({ codes: [code] })).at(-1);

/** A month long ago with so many reads in it, as the workers of that time stored them; the roll-up counts them. */
const oldMonth = async (month: string, rows: number, permit = "77"): Promise<void> => {
  const { sql } = api.database.admin;
  await sql`select ensure_partition('read', ${`${month}-15`}::timestamptz)`;
  await sql`insert into event_log (id, policy, code, category, severity, status, occurred_at, received_at, actor_type, actor_id,
      object_type, object_id, source, leaf, leaf_hash)
    select uuid7_floor(${`${month}-15`}::timestamptz + n * interval '1 second'), 'read', 'permit_read', 'permit', 'info', 'success',
      ${`${month}-15`}, ${`${month}-15`}, 'user', '1', 'permit', ${permit}, 'app', '{}', '' from generate_series(1, ${rows}::int) as n`;
  await sql`insert into event_day (day, code, severity, status, shard, count) values (${`${month}-15`}, 'permit_read', 'info', 'success', 0, ${rows})`;
};
const verified = () =>
  api.database.admin
    .sql`insert into ledger_verification (started_at, finished_at, from_index, done, total, ok, started_by)
    values (now(), now(), 0, 1, 1, true, 'worker')`;

describe("a hold", () => {
  test("is placed with its reason, counted, listed, marked in the log and released", async () => {
    const { permit } = await keeper.trpc.permits.create.mutate({ type: "event", holderName: "Ada" });
    await keeper.trpc.permits.read.query({ permitId: permit.id });
    await api.stored();
    const scope = onPermit(permit.id);
    expect(await keeper.trpc.retention.countScope.query({ scope })).toEqual({ count: 2, isMore: false });
    const { hold, outcome } = await keeper.trpc.retention.placeHold.mutate({ name: "Case 12", scope, reason });
    expect([outcome, hold.name, hold.placedBy?.id]).toEqual(["done", "Case 12", keeper.id]);
    expect(await lastOf("sys_hold_placed")).toMatchObject({
      status: "success",
      notes: reason,
      object: { type: "legal_hold", id: String(hold.id), label: "Case 12" },
      changes: { name: { old: null, new: "Case 12" }, scope: { new: scope }, state: { new: "in force" } },
    });
    const { items } = await keeper.trpc.retention.listHolds.query({});
    expect(items.find(({ id }) => id === hold.id)).toMatchObject({ count: 2, isMore: false, releasedAt: null });
    const { entries } = await keeper.trpc.audit.list.query({ objects: [`permit:${permit.id}`] });
    expect(entries.map(({ held }) => held)).toEqual([true, true]);
    const { entries: others } = await keeper.trpc.audit.list.query({ codes: ["sys_hold_placed"], limit: 1 });
    expect(others.map(({ held }) => held)).toEqual([false]);
    const released = await keeper.trpc.retention.releaseHold.mutate({
      holdId: hold.id,
      version: hold.version,
      reason: "over",
    });
    expect(released.hold).toMatchObject({ releaseReason: "over", version: 2 });
    expect(await lastOf("sys_hold_released")).toMatchObject({
      status: "success",
      changes: { state: { old: "in force", new: "released" } },
    });
    const again = keeper.trpc.retention.releaseHold.mutate({ holdId: hold.id, version: 2, reason: "over" });
    await expect(again).rejects.toMatchObject({ data: { code: "CONFLICT", reason: "released" } });
    expect(await lastOf("sys_hold_released")).toMatchObject({ status: "failed", object: { label: "Case 12" } });
  });

  test.each([
    ["nothing", { kind: "query", query: {} }],
    ["empty lists", { kind: "query", query: { codes: [], notActors: [] } }],
    ["a span that ends before it begins", { kind: "time", from: "2026-02-01T00:00:00Z", to: "2026-01-01T00:00:00Z" }],
    ["an object of no known type", { kind: "object", type: "castle", id: "1" }],
    ["an object without an id", { kind: "object", type: "permit", id: "" }],
    ["a kind that there is not", { kind: "everything" }],
    ["a query with a place in the pages", { kind: "query", query: { text: "flood", limit: 5 } }],
  ])("on %s is refused", async (_what, scope) => {
    const placed = keeper.trpc.retention.placeHold.mutate({ name: "x", scope: scope as never, reason });
    await expect(placed).rejects.toMatchObject({ data: { code: "UNPROCESSABLE_CONTENT" } });
    await expect(keeper.trpc.retention.countScope.query({ scope: scope as never })).rejects.toMatchObject({
      data: { code: "UNPROCESSABLE_CONTENT" },
    });
  });

  test("needs a reason and the right, and a refusal is told as denied", async () => {
    const noReason = keeper.trpc.retention.placeHold.mutate({ name: "x", scope: onPermit(1) } as never);
    await expect(noReason).rejects.toMatchObject({ data: { code: "UNPROCESSABLE_CONTENT" } });
    const reader = await api.person(["retention.read"]);
    const denied = reader.trpc.retention.placeHold.mutate({ name: "x", scope: onPermit(1), reason });
    await expect(denied).rejects.toMatchObject({ data: { code: "FORBIDDEN" } });
    expect(await lastOf("sys_hold_placed")).toMatchObject({ status: "denied", actor: { id: String(reader.id) } });
    const unknown = keeper.trpc.retention.releaseHold.mutate({ holdId: 999_999, version: 1, reason });
    await expect(unknown).rejects.toMatchObject({ data: { code: "NOT_FOUND" } });
  });

  test("is released by one of twenty at once, and cannot be changed or removed in the database", async () => {
    const { hold } = await keeper.trpc.retention.placeHold.mutate({ name: "Case 13", scope: onPermit(1), reason });
    const input = { holdId: hold.id, version: hold.version, reason };
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, () => keeper.trpc.retention.releaseHold.mutate(input)),
    );
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const { sql } = api.database.admin;
    await expect(sql`delete from legal_hold`).rejects.toMatchObject({ code: "42501" });
    await expect(sql`update legal_hold set scope = '{}'`).rejects.toMatchObject({ code: "42501" });
  });
});

describe("the preview", () => {
  test("says what would go by policy, month and type, what is held and what blocks it, and touches nothing", async () => {
    await oldMonth("2023-03", 40);
    await oldMonth("2023-04", 7, "78");
    const before = await keeper.trpc.retention.preview.query({});
    const reads = before.policies.find(({ policy }) => policy === "read");
    expect(reads?.months.map(({ month, rows, blocked }) => [month, rows, blocked])).toEqual([
      ["2023-03", 40, "not_verified"],
      ["2023-04", 7, "not_verified"],
    ]);
    expect([reads?.removed, reads?.oldestKept, reads?.codes]).toEqual([0, "2023-03", []]);
    // What was empty when the server last looked is not empty for ever.
    await api.database.admin.sql`update pg_class set reltuples = 0 where relname = 'event_log_read_2023_03'`;
    await verified();
    const { hold } = await keeper.trpc.retention.placeHold.mutate({ name: "Case 14", scope: onPermit(78), reason });
    const after = (await keeper.trpc.retention.preview.query({})).policies.find(({ policy }) => policy === "read");
    expect(after).toMatchObject({
      removed: 40,
      removedIsMost: false,
      held: 7,
      heldIsMore: false,
      codes: [{ code: "permit_read", month: "2023-03", count: 40 }],
    });
    expect(after?.months[1]).toMatchObject({ held: 7, blocked: null });
    expect(after?.bytes).toBeGreaterThan(0);
    await keeper.trpc.retention.releaseHold.mutate({ holdId: hold.id, version: 1, reason });
    const rows = await api.database.admin
      .sql`select from event_log where code = 'permit_read' and object_id in ('77', '78')`;
    expect(rows).toHaveLength(47);
  });

  test("follows the period: longer keeps it, and the floor holds", async () => {
    const admin = await api.person(["system.config", "retention.manage", "retention.read"]);
    const set = (value: unknown) => admin.trpc.settings.change.mutate({ key: "retention.read", value, reason });
    for (const value of [0, -1, 29, 36_501, 1e9, 30.5, null, "365"]) {
      await expect(set(value)).rejects.toMatchObject({ data: { code: "UNPROCESSABLE_CONTENT" } });
    }
    await set(36_500);
    const { policies } = await admin.trpc.retention.preview.query({});
    expect(policies.find(({ policy }) => policy === "read")).toMatchObject({ days: 36_500, months: [], removed: 0 });
    await set(365);
    // As it would be with a period that is not set: more goes, and nothing is changed.
    const { policies: tried } = await admin.trpc.retention.preview.query({ read: 36_000 });
    expect(tried.find(({ policy }) => policy === "read")).toMatchObject({ days: 36_000, removed: 0 });
    const { policies: now } = await admin.trpc.retention.preview.query({});
    expect(now.find(({ policy }) => policy === "read")).toMatchObject({ days: 365, removed: 47 });
    for (const days of [29, 36_501, 30.5]) {
      await expect(admin.trpc.retention.preview.query({ read: days })).rejects.toMatchObject({
        data: { code: "UNPROCESSABLE_CONTENT" },
      });
    }
    expect((await lastOf("system_config_change"))?.changes).toMatchObject({ value: { old: 36_500, new: 365 } });
  });
});

test("a range of the log that is empty since retention says which run removed what, and only then", async () => {
  const { sql } = api.database.admin;
  const range = { from: "2022-05-02T00:00:00Z", to: "2022-05-20T00:00:00Z" };
  expect((await keeper.trpc.audit.whyEmpty.query(range)).removed).toBeNull();
  const [run] =
    await sql`insert into retention_run (state, started_by, started_at, ended_at) values ('done', 'worker', now(), now()) returning id::int as id`;
  await sql`insert into retention_manifest (id, run_id, policy, month, partition, epoch, first_index, last_index, count, rows, bytes, bitmap,
      bitmap_sha256, root, holds_seen, event_id, leaf, state, planned_at, ended_at)
    values (gen_random_uuid(), ${run?.id}, 'read', '2022-05-01', 'event_log_read_2022_05', 1, 0, 8, 9, 9, 1, '', '', '', 0, gen_random_uuid(), '{}', 'dropped', now(), now())`;
  const found = await keeper.trpc.audit.whyEmpty.query(range);
  const gaps = async (codes: string[]) => (await keeper.trpc.audit.histogram.query({ ...range, codes })).removed;
  expect([await gaps([]), await gaps(["permit_read"]), await gaps(["permit_approve"])]).toEqual([
    [{ month: "2022-05", runId: run?.id }],
    [{ month: "2022-05", runId: run?.id }],
    [],
  ]);
  expect(found.removed).toMatchObject({ runId: run?.id, count: 9, first: "2022-05", last: "2022-05", isAll: true });
  const { from } = range;
  const since = async (code: string) =>
    (await keeper.trpc.audit.whyEmpty.query({ from, codes: [code], text: "none" })).removed;
  await sql`insert into retention_manifest select * from jsonb_populate_recordset(null::retention_manifest, (select jsonb_agg(to_jsonb(m)
    || jsonb_build_object('id', gen_random_uuid(), 'policy', policy.name, 'partition', 'event_log_' || policy.name || '_2022_05'))
    from retention_manifest m, unnest(array['session', 'change']) as policy (name) where m.run_id = ${run?.id}))`;
  await api.stored();
  expect(await since("user_logout")).toMatchObject({ runId: run?.id, isAll: true });
  // Views of this month are still there, those of May 2022 are not.
  expect(await since("audit_view_logs")).toMatchObject({ runId: run?.id, isAll: false });
  expect(await since("permit_approve")).toBeNull();
  expect(
    (await keeper.trpc.audit.whyEmpty.query({ ...range, from: "2022-06-01T00:00:00Z", to: "2022-06-02T00:00:00Z" }))
      .removed,
  ).toBeNull();
  await oldMonth("2022-05", 1, "79");
  expect((await keeper.trpc.audit.whyEmpty.query(range)).removed).toBeNull();
});

test("what a month adds and what there will be in a year follow the months that are over and the period", async () => {
  const { sql } = api.database.admin;
  const reads = async () =>
    (await keeper.trpc.retention.status.query({})).policies.find(({ policy }) => policy === "session");
  const monthOf = (back: number) => {
    const now = new Date(api.clock.now());
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7);
  };
  const before = await reads();
  for (const back of [1, 2]) {
    await sql`select ensure_partition('session', ${`${monthOf(back)}-15`}::timestamptz)`;
    await sql`insert into event_log (id, policy, code, category, severity, status, occurred_at, received_at, actor_type, source, leaf, leaf_hash)
      select uuid7_floor(${`${monthOf(back)}-15`}::timestamptz + n * interval '1 second'), 'session', 'user_login', 'session', 'info', 'success',
        now(), now(), 'anonymous', 'app', '{}', '' from generate_series(1, ${100 * back}::int) as n`;
    await sql`insert into event_day (day, code, severity, status, shard, count)
      values (${`${monthOf(back)}-15`}, 'user_login', 'info', 'success', 0, ${100 * back})`;
  }
  const grown = await reads();
  expect([before?.growthRows, grown?.growthRows]).toEqual([0, 150]);
  const growth = grown?.growthBytes ?? 0;
  expect(growth).toBeGreaterThan(0);
  expect(grown?.forecastBytes).toBe((grown?.bytes ?? 0) + 12 * growth);
  await sql`update retention_policy set retain_days = 30 where policy = 'session'`;
  const short = await reads();
  await sql`update retention_policy set retain_days = 730 where policy = 'session'`;
  // Three months are there at any time with a period of 30 days, and what there is now has gone.
  expect(short?.forecastBytes).toBeLessThanOrEqual(3 * growth + (short?.bytes ?? 0) - 2 * growth);
});

test("the lines of the policies say what they hold, what a month adds and what there will be in a year", async () => {
  const { policies, nextRunAt, isOverdue } = await keeper.trpc.retention.status.query({});
  expect(policies.map(({ policy, days }) => [policy, days])).toEqual([
    ["decision", 3653],
    ["change", 2557],
    ["session", 730],
    ["read", 365],
    ["held", null],
  ]);
  expect(policies.every(({ bytes, forecastBytes }) => bytes > 0 && forecastBytes >= 0)).toBe(true);
  const now = api.clock.now();
  expect(isRunDue(now, "UTC", "02:30", now)).toBe(false);
  expect(nextRunAt).toBe(new Date(nextRunMs(now, "UTC", "02:30")).toISOString());
  expect(isOverdue).toBe(false);
});

test("a run is asked for once, with its reason, by whoever may; it is listed with what it did", async () => {
  const reader = await api.person(["retention.read"]);
  await expect(reader.trpc.retention.run.mutate({ reason })).rejects.toMatchObject({ data: { code: "FORBIDDEN" } });
  const { runId } = await keeper.trpc.retention.run.mutate({ reason });
  expect(await lastOf("sys_retention_asked")).toMatchObject({
    status: "success",
    notes: reason,
    object: { id: String(runId) },
  });
  await expect(keeper.trpc.retention.run.mutate({ reason })).rejects.toMatchObject({
    data: { reason: "run_under_way" },
  });
  expect(await lastOf("sys_retention_asked")).toMatchObject({ status: "failed" });
  const { items } = await keeper.trpc.retention.runs.query({});
  expect(items[0]).toMatchObject({ id: runId, state: "asked", startedBy: `user:${keeper.id}`, manifests: [] });
  expect((await keeper.trpc.retention.status.query({})).open).toMatchObject({ id: runId, state: "asked" });
  const nobody = keeper.trpc.retention.manifest.query({ id: "0192f5b2-7c1e-7b3a-9d7e-1234567890ab" });
  await expect(nobody).rejects.toMatchObject({ data: { code: "NOT_FOUND" } });
});
