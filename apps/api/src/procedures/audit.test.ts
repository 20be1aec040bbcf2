import { closingDraft } from "@countersign/audit/repeats";
import { connect } from "@countersign/db/client";
import { takeClosedWindows } from "@countersign/db/collapsed-reads";
import { inTransaction } from "@countersign/db/transaction";
import { afterAll, beforeAll, expect, test } from "vitest";
import { explainEmptiness } from "../domain/emptiness.ts";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let reader: Person;
let writer: Person;
let officer: Person;
beforeAll(async () => {
  api = await createTestApi();
  reader = await api.person(["audit.read"], "Rita Reader");
  writer = await api.person(["audit.write"], "Wanda Writer");
  officer = await api.person(["permits.read", "permits.create"], "Otto Officer");
  await writer.trpc.events.recordMany.mutate({
    events: [
      { code: "permit_delete", object: { type: "permit", id: "41", label: "P-41" }, notes: "100% wrong_\\ ' or 1=1--" },
      { code: "permit_delete", status: "denied", object: { type: "permit", id: "42" } },
      {
        code: "document_upload",
        status: "failed",
        errorMessage: "Too large",
        object: { type: "document", id: "9", label: "Plan.pdf" },
      },
      { code: "user_update", actor: { type: "api_key", id: "k1" }, object: { type: "user", id: "7" } },
      { code: "permit_read", object: { type: "permit", id: "41" }, metadata: { notes: "labels" } },
    ],
  });
  await officer.trpc.permits.create.mutate({ type: "event", holderName: "Ana" });
  await api.stored();
});
afterAll(() => api.close());

type Query = Parameters<Person["trpc"]["audit"]["list"]["query"]>[0];
const list = (input: Query) => reader.trpc.audit.list.query(input);
const found = async (input: Query) => (await list({ ...input, limit: 200 })).entries.map((entry) => entry.code).sort();

test.each<[Query, string[]]>([
  [{ codes: ["permit_delete"] }, ["permit_delete", "permit_delete"]],
  [{ categories: ["document"] }, ["document_upload"]],
  [{ categories: ["document", "user"] }, ["document_upload", "user_update"]],
  [{ severities: ["critical"] }, ["permit_delete", "permit_delete"]],
  [{ severities: ["critical"], statuses: ["denied"] }, ["permit_delete"]],
  [{ statuses: ["failed"], categories: ["document"] }, ["document_upload"]],
  [{ actorType: "api_key" }, ["user_update"]],
  [{ actorId: "k1" }, ["user_update"]],
  [{ objectType: "permit", objectId: "41" }, ["permit_delete", "permit_read"]],
  [{ objectType: "document" }, ["document_upload"]],
  [{ text: "plan.PDF" }, ["document_upload"]],
  [{ text: "too large" }, ["document_upload"]],
  [{ text: "100%" }, ["permit_delete"]],
  [{ text: "0_ w" }, []],
  [{ text: "wrong_\\" }, ["permit_delete"]],
  [{ text: "' or 1=1--" }, ["permit_delete"]],
  [{ text: "labels" }, []],
  [{ days: 1, codes: ["permit_create"] }, ["permit_create"]],
  [{ from: "2020-01-01T00:00:00Z", to: "2020-02-01T00:00:00Z" }, []],
  [{ from: "2020-01-01T00:00:00+14:00", codes: ["permit_create"] }, ["permit_create"]],
])("%j finds %j", async (input, codes) => {
  expect(await found(input)).toEqual(codes);
});

test.each<[Record<string, unknown>, string]>([
  [{ days: -1 }, "days"],
  [{ days: 0 }, "days"],
  [{ days: 1.5 }, "days"],
  [{ days: 1e9 }, "days"],
  [{ days: "7" }, "days"],
  [{ limit: 0 }, "limit"],
  [{ limit: 201 }, "limit"],
  [{ cursor: "abc" }, "cursor"],
  [{ cursor: "0192f5b2-7c1e-4b3a-9d7e-1234567890ab" }, "cursor"],
  [{ codes: ["nope"] }, "codes.0"],
  [{ from: "2026-02-30T00:00:00Z" }, "from"],
  [{ from: "2026-01-01" }, "from"],
  [{ from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z" }, "to"],
  [{ days: 7, from: "2026-01-02T00:00:00Z" }, "days"],
  [{ text: "" }, "text"],
  [{ text: "x".repeat(257) }, "text"],
  [{ sort: "id" }, "sort"],
])("%j is refused at %s, never cut or guessed", async (input, path) => {
  const refusal = await refusalOf(list(input as Query));
  expect(refusal).toMatchObject({ httpStatus: 422, reason: "invalid_input" });
  expect((refusal.fields as { path: string }[])[0]?.path).toBe(path);
});

test("pages hold each row once while new rows come in, newest first", async () => {
  const many = Array.from({ length: 25 }, (_, index) => ({ code: "report_generate", notes: `page ${index}` }));
  await writer.trpc.events.recordMany.mutate({ events: many });
  await api.stored();
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof list>> = await list({ codes: ["report_generate"], limit: 4, cursor });
    seen.push(...page.entries.map((entry) => entry.id));
    cursor = page.nextCursor;
    await writer.trpc.events.record.mutate({ code: "report_generate", notes: "late" });
    await api.stored();
  } while (cursor !== null);
  expect(seen).toHaveLength(25);
  expect(seen).toEqual([...new Set(seen)].sort().reverse());
});

test("one event is shown whole, with the very bytes that were hashed", async () => {
  const [row] = (await list({ codes: ["permit_create"] })).entries;
  const { entry } = await reader.trpc.audit.get.query({ id: String(row?.id) });
  expect(JSON.parse(entry.leaf)).toMatchObject({ id: row?.id, code: "permit_create" });
  expect(JSON.parse(entry.details ?? "")).toMatchObject({ labels: { actor: "Otto Officer" } });
  const missing = reader.trpc.audit.get.query({ id: "0192f5b2-7c1e-7b3a-9d7e-1234567890ab" });
  expect(await refusalOf(missing)).toMatchObject({ httpStatus: 404, reason: "not_found" });
});

test("what a user did and what happened to an object, and nobody else's", async () => {
  const activity = await reader.trpc.audit.userActivity.query({ userId: officer.id });
  expect(activity.entries.map((entry) => entry.code)).toEqual(["permit_create"]);
  const history = await reader.trpc.audit.objectHistory.query({ objectType: "permit", objectId: "41" });
  expect(history.entries.map((entry) => entry.code).sort()).toEqual(["permit_delete", "permit_read"]);
  expect(await refusalOf(reader.trpc.audit.userActivity.query({ userId: 999_999 }))).toMatchObject({ httpStatus: 404 });
});

test("a query that takes too long says so, and is no fault of the server", async () => {
  const slow = connect(api.database.urls.api, { name: "test slow", max: 1, statementTimeoutMs: 1 });
  const { readDb } = api.services;
  api.services.readDb = slow;
  try {
    await api.database.admin.sql.begin(async (sql) => {
      await sql`lock table event_log`;
      expect(await refusalOf(list({ text: "anything" }))).toMatchObject({ httpStatus: 422, reason: "query_too_broad" });
    });
  } finally {
    api.services.readDb = readDb;
    await slow.end(1);
  }
});

test("why nothing was found is told as far as the log can be read in time", async () => {
  const slow = connect(api.database.urls.api, { name: "test slow", max: 1, statementTimeoutMs: 200 });
  try {
    await api.database.admin.sql.begin(async (sql) => {
      await sql`lock table event_log`;
      const told = await explainEmptiness(slow, { codes: ["role_delete"], text: "anything" }, () => true, Date.now());
      expect(told).toMatchObject({ newest: null, off: [], removed: null });
      expect(told.without.length).toBeGreaterThan(0);
      expect(told.without.every(({ count }) => count === null)).toBe(true);
    });
  } finally {
    await slow.end(1);
  }
});

test("a view is kept before its rows are shown: without room for its event there are no rows", async () => {
  const other = await api.person(["audit.read"], "Nora Nothing");
  await api.database.admin.sql`revoke insert on audit_outbox from countersign_api`;
  try {
    expect(await refusalOf(other.trpc.audit.list.query({ days: 2 }))).toMatchObject({ httpStatus: 500 });
  } finally {
    await api.database.admin.sql`grant insert on audit_outbox to countersign_api`;
  }
  expect(await api.stored({ actorId: String(other.id) })).toEqual([]);
  await other.trpc.audit.list.query({ days: 2 });
  expect(await api.stored({ actorId: String(other.id) })).toMatchObject([{ code: "audit_view_logs" }]);
});

test("five views of one query are one event at once and one that counts the other four; another query is another event", async () => {
  const viewer = await api.person(["audit.read"], "Vera Viewer");
  for (let view = 0; view < 5; view++) await viewer.trpc.audit.list.query({ codes: ["permit_read"], limit: 10 + view });
  await viewer.trpc.audit.list.query({ codes: ["permit_create"] });
  const views = () => api.stored({ actorId: String(viewer.id) });
  expect(await views()).toHaveLength(2);
  await api.database.admin.sql`update collapsed_read set window_end = now() - interval '1 second'`;
  const windows = await inTransaction(api.database.worker, (tx) => takeClosedWindows(tx, 100));
  const mine = windows.map(closingDraft).filter((draft) => draft.actor.id === String(viewer.id));
  expect(mine).toMatchObject([{ code: "audit_view_logs", metadata: { count: 4, filter: { codes: ["permit_read"] } } }]);
});

test("a read after the window closes it on the way: the sum of the counts is the number of reads", async () => {
  const viewer = await api.person(["audit.read"], "Sia Summed");
  const view = () => viewer.trpc.audit.list.query({ codes: ["permit_delete"] });
  for (let read = 0; read < 3; read++) await view();
  await api.database.admin.sql`update collapsed_read set window_end = now() - interval '1 second'`;
  await view();
  const events = await api.stored({ actorId: String(viewer.id) });
  expect(events.map((entry) => Number(entry.metadata?.count ?? 1))).toEqual([1, 2, 1]);
});

test("each event says when it happened and when it was kept, as ISO 8601 in UTC", async () => {
  const { entries } = await list({ limit: 200 });
  expect(entries.length).toBeGreaterThan(0);
  for (const { occurredAt, receivedAt } of entries) {
    for (const time of [occurredAt, receivedAt]) expect(new Date(time).toISOString()).toBe(time);
  }
});
