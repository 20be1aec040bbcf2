import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, type TestApi } from "../testing.ts";

let api: TestApi;
let reader: Person;
let officer: Person;
let stranger: Person;
beforeAll(async () => {
  api = await createTestApi();
  reader = await api.person(["audit.read"], "Rita Reader");
  officer = await api.person(["permits.read", "permits.create", "permits.update"], "Otto Officer");
  stranger = await api.person([], "Sam Stranger");
  const { permit } = await officer.trpc.permits.create.mutate({ type: "event", holderName: "Ana" });
  for (let version = 1; version <= 4; version++) {
    await officer.trpc.permits.update.mutate({
      permitId: permit.id,
      version,
      holderName: `Ana ${version}`,
      reason: "typo",
    });
  }
  await api.stored();
});
afterAll(() => api.close());

const paths = ["/api/audit/logs/?days=7", "/api/audit/user/1/", "/api/audit/history/?content_type=permit&object_id=1"];
const json = async (answer: Response) =>
  (await answer.json()) as { results: Row[]; next: string | null; next_cursor: string | null };
type Row = Record<string, unknown> & { id: string; event: Record<string, unknown>; timestamp: string };
const historyPath = "/api/audit/history/?content_type=permit&object_id=1";

test.each(paths)("%s answers 401 to nobody, 403 without audit.read, 200 to a reader", async (path) => {
  expect((await api.caller().get(path)).status).toBe(401);
  expect((await stranger.get(path)).status).toBe(403);
  expect((await reader.get(path)).status).toBe(200);
  expect((await reader.get(path.replace(/\/($|\?)/, "$1"))).status).toBe(200);
});

test("a row has exactly the promised keys, and so has its event", async () => {
  const { results } = await json(await reader.get(historyPath));
  const [row] = results;
  expect(Object.keys(row ?? {}).sort()).toEqual(
    [
      "id",
      "event",
      "user",
      "content_type",
      "object_id",
      "object_description",
      "changes",
      "status",
      "error_message",
      "ip_address",
      "request_method",
      "endpoint",
      "timestamp",
    ].sort(),
  );
  expect(row?.event).toEqual({
    id: 3,
    code: "permit_update",
    name: "Permit updated",
    category: "permit",
    severity_level: "medium",
    is_auditable: true,
  });
  expect(row).toMatchObject({
    user: "Otto Officer",
    content_type: "permit",
    object_id: "1",
    object_description: "P-2026-000001".replace("2026", String(new Date().getUTCFullYear())),
    changes: { holder_name: { old: "Ana 3", new: "Ana 4" } },
    status: "success",
    error_message: null,
    ip_address: "192.0.2.1",
    request_method: "POST",
    endpoint: "/trpc/permits.update",
  });
});

test("expand=context adds one key, and any other value of it is refused", async () => {
  const { results } = await json(await reader.get(`${historyPath}&expand=context`));
  expect(results[0]?.context).toMatchObject({ notes: "typo", user_agent: "test", approval_id: null });
  expect((await reader.get(`${historyPath}&expand=all`)).status).toBe(422);
});

test("next is an address that goes on where the page ended, newest first, until it is null", async () => {
  const seen: Row[] = [];
  let address: string | null = `${historyPath}&limit=2`;
  while (address !== null) {
    const page = await json(await reader.get(address.replace(/^https?:\/\/[^/]*/, "")));
    expect(page.results.length).toBeLessThanOrEqual(2);
    expect(page.next_cursor === null).toBe(page.next === null);
    seen.push(...page.results);
    address = page.next;
  }
  expect(seen).toHaveLength(5);
  const ids = seen.map((row) => row.id);
  expect(ids).toEqual([...ids].sort().reverse());
});

test.each([
  "/api/audit/logs/?days=0",
  "/api/audit/logs/?days=-1",
  "/api/audit/logs/?days=1.5",
  "/api/audit/logs/?days=1e9",
  "/api/audit/logs/?days=7%20",
  "/api/audit/logs/?days=3661",
  "/api/audit/logs/?days=7&days=8",
  "/api/audit/logs/?limit=0",
  "/api/audit/logs/?limit=201",
  "/api/audit/logs/?cursor=abc",
  "/api/audit/logs/?status=maybe",
  "/api/audit/logs/?event_code=nope",
  "/api/audit/logs/?user_id=x",
  "/api/audit/logs/?page=2",
  "/api/audit/user/abc/",
  "/api/audit/history/?content_type=permit",
])("%s is refused with 422 in the one error body", async (path) => {
  const answer = await reader.get(path);
  expect(answer.status).toBe(422);
  const { error } = (await answer.json()) as { error: Record<string, unknown> };
  expect(error.code).toBe("invalid_input");
  expect(error.requestId).toBe(answer.headers.get("x-request-id"));
});

test("each filter of the log narrows it, alone and together", async () => {
  await api.stored();
  const codes = async (query: string) =>
    (await json(await reader.get(`/api/audit/logs/?days=30&limit=200${query}`))).results.map((row) =>
      String(row.event.code),
    );
  expect(new Set(await codes("&event_code=permit_create"))).toEqual(new Set(["permit_create"]));
  expect(new Set(await codes(`&user_id=${officer.id}`))).toEqual(new Set(["permit_create", "permit_update"]));
  expect(await codes(`&user_id=${officer.id}&event_code=permit_create`)).toEqual(["permit_create"]);
  expect(new Set(await codes("&status=denied"))).toEqual(new Set(["audit_view_logs"]));
  expect(await codes("&status=denied&event_code=permit_create")).toEqual([]);
});

test("a user who neither exists nor ever acted is 404; one who was deleted is found", async () => {
  expect((await reader.get("/api/audit/user/999999/")).status).toBe(404);
  const gone = await api.person(["permits.create"], "Gone Soon");
  await gone.trpc.permits.create.mutate({ type: "event", holderName: "X" });
  await api.stored();
  await api.database.admin.sql`delete from users where id = ${gone.id}`;
  const { results } = await json(await reader.get(`/api/audit/user/${gone.id}/`));
  expect(results.map((row) => [row.user, row.event.code])).toEqual([["Gone Soon", "permit_create"]]);
});

test("the addresses cannot be written to, and say what they take", async () => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    const answer = await reader.send("/api/audit/logs/", { method, body: "{}" });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET"]);
  }
});

test("reading is an event itself, kept before the rows are shown", async () => {
  const other = await api.person(["audit.read"], "Vera Viewer");
  await other.get("/api/audit/logs/?days=3");
  const views = await api.stored({ actorId: String(other.id) });
  expect(views).toMatchObject([{ code: "audit_view_logs", status: "success", metadata: { filter: { days: 3 } } }]);
});

test("the OpenAPI document lists these addresses, each with its parameters and answers", async () => {
  const document = (await (await api.caller().get("/api/openapi.json")).json()) as {
    openapi: string;
    paths: Record<string, Record<string, { parameters?: { name: string; in: string }[]; responses: object }>>;
  };
  expect(document.openapi).toBe("3.1.0");
  for (const path of ["/api/audit/logs/", "/api/audit/user/{user_id}/", "/api/audit/history/", "/api/auth/login"]) {
    expect(Object.keys(document.paths)).toContain(path);
  }
  const user = document.paths["/api/audit/user/{user_id}/"]?.get;
  expect(user?.parameters?.map((parameter) => `${parameter.in} ${parameter.name}`)).toEqual([
    "path user_id",
    "query days",
    "query cursor",
    "query limit",
    "query expand",
  ]);
  expect(Object.keys(user?.responses ?? {})).toEqual(expect.arrayContaining(["200", "401", "403", "404", "422"]));
});
