import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, type TestApi } from "../testing.ts";

let api: TestApi;
let exporter: Person;
beforeAll(async () => {
  api = await createTestApi();
  exporter = await api.person(["permits.read", "permits.create", "permits.export"], "Eve Exporter");
  const { create } = exporter.trpc.permits;
  await create.mutate({ type: "event", holderName: "=HYPERLINK(1)", site: 'the "old" square' });
  await create.mutate({ type: "building", holderName: "Änne, Müller" });
  await api.database.admin.sql`
    insert into permits (permit_number, type, holder_name, status)
    select 'X-' || n, 'event', 'Holder ' || n, 'active' from generate_series(1, 2500) n`;
});
afterAll(() => api.close());

const events = () => api.stored({ codes: ["permit_export"] });

test("a CSV holds every permit of the filter once, safe for spreadsheets, and its event the exact count and hash", async () => {
  const answer = await exporter.get("/api/permits/export?type=event");
  expect(answer.status).toBe(200);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "text/csv; charset=utf-8",
    "content-length": String(bytes.length),
    "content-disposition": expect.stringMatching(/^attachment; filename="permits-\d{4}-\d\d-\d\d\.csv"$/),
    "content-security-policy": expect.stringContaining("sandbox"),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  const lines = bytes.toString("utf8").split("\r\n");
  expect(lines).toHaveLength(1 + 2501 + 1);
  expect(lines[0]).toMatch(/^\uFEFF"id","permit_number","type","holder_name"/);
  expect(lines.at(-2)).toContain(`"event","'=HYPERLINK(1)"`);
  expect(lines.at(-2)).toContain('"the ""old"" square"');
  expect((await events()).at(-1)).toMatchObject({
    code: "permit_export",
    status: "success",
    object: { type: "permit", id: "list" },
    actor: { label: "Eve Exporter" },
    metadata: {
      count: 2501,
      format: "CSV",
      filter: { type: "event" },
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    },
  });
});

test("an NDJSON holds the same rows as values, texts as they are", async () => {
  const answer = await exporter.get("/api/permits/export?format=ndjson&search=HYPERLINK");
  const rows = (await answer.text())
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rows).toMatchObject([{ holder_name: "=HYPERLINK(1)", type: "event", status: "pending", version: 1 }]);
  expect((await events()).at(-1)).toMatchObject({ metadata: { count: 1, format: "NDJSON" } });
});

test("nothing that matches is a file with its columns and an event that says 0", async () => {
  const answer = await exporter.get("/api/permits/export?status=expired");
  expect((await answer.text()).split("\r\n")).toHaveLength(2);
  expect((await events()).at(-1)).toMatchObject({ metadata: { count: 0, filter: { status: "expired" } } });
});

test.each([
  ["status=gone", 422],
  ["format=pdf", 422],
  ["page=1", 422],
  ["type=a&type=b", 422],
  ["assignedTo=-1", 422],
])("?%s is refused with %i", async (query, status) => {
  expect((await exporter.get(`/api/permits/export?${query}`)).status).toBe(status);
});

test("who may not export gets no byte, and that is recorded", async () => {
  const reader = await api.person(["permits.read"]);
  const answer = await reader.get("/api/permits/export");
  expect(answer.status).toBe(403);
  expect(await api.stored({ actorId: String(reader.id) })).toMatchObject([{ code: "permit_export", status: "denied" }]);
  expect((await api.caller().get("/api/permits/export")).status).toBe(401);
});

test("more rows than the office allows are refused and recorded as failed", async () => {
  api.settings["export.max_rows"] = 2000;
  const answer = await exporter.get("/api/permits/export");
  delete api.settings["export.max_rows"];
  expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([
    422,
    "too_many_rows",
  ]);
  expect((await events()).at(-1)).toMatchObject({ status: "failed", metadata: { format: "CSV" } });
});

test("when its event cannot be kept nothing leaves", async () => {
  const before = (await events()).length;
  await api.database.admin.sql`revoke insert on audit_outbox from countersign_api`;
  const answer = await exporter.get("/api/permits/export");
  await api.database.admin.sql`grant insert on audit_outbox to countersign_api`;
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain("Holder");
  expect(await events()).toHaveLength(before);
});

test("nothing of an export stays on the disk", async () => {
  const left = (await readdir(tmpdir())).filter((name) => name.startsWith("countersign-spool-"));
  expect(left).toEqual([]);
});

test("exports beyond the two that run and the eight that wait are told to come again", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => exporter.get("/api/permits/export")));
  const statuses = answers.map(({ status }) => status);
  await Promise.all(answers.map((answer) => answer.arrayBuffer()));
  // One that is over while others still come in makes room for one more.
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(10);
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  expect(answers.find(({ status }) => status === 429)?.headers.get("retry-after")).toBe("5");
});
