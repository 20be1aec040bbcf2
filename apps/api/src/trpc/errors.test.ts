import { afterAll, beforeAll, expect, test } from "vitest";
import { type Caller, createTestApi, type Person, type TestApi } from "../testing.ts";

const secret = "postgres://root:hunter2@db/vault";
const masked = "Something went wrong on our side. Quote the request id when you report it.";
const id = "0192f5b2-7c1e-7b3a-9d7e-1234567890ab";

let api: TestApi;
let person: Person;
beforeAll(async () => {
  api = await createTestApi();
  person = await api.person([
    "permits.read",
    "permits.create",
    "permits.update",
    "permits.approve",
    "permits.assign",
    "audit.read",
    "audit.write",
    "events.read",
    "events.configure",
    "system.config",
    "system.keys",
  ]);
});
afterAll(() => api.close());

/** Whatever a procedure reaches for fails as a defect would, with a secret in its words. */
const everythingBroken = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  const { db, readDb, keeper, settings, now } = api.services;
  const fail = () => {
    throw new TypeError(secret);
  };
  for (const name of ["db", "readDb", "keeper", "settings", "now"]) {
    Object.defineProperty(api.services, name, { get: fail, configurable: true, enumerable: true });
  }
  try {
    return await work();
  } finally {
    for (const [name, value] of Object.entries({ db, readDb, keeper, settings, now })) {
      Object.defineProperty(api.services, name, { value, configurable: true, enumerable: true, writable: true });
    }
  }
};

const queries: Record<string, object> = {
  "auth.me": {},
  "permits.list": {},
  "permits.read": { permitId: 1 },
  "permits.assignees": {},
  "audit.list": {},
  "audit.get": { id },
  "audit.userActivity": { userId: 1 },
  "audit.objectHistory": { objectType: "permit", objectId: "1" },
  "contract.logs": {},
  "contract.userActivity": { user_id: "1" },
  "contract.objectHistory": { content_type: "permit", object_id: "1" },
  "eventTypes.list": {},
  "settings.list": {},
  "keys.list": {},
  "system.settings": {},
  "system.status": {},
};
const mutations: Record<string, object> = {
  "auth.signIn": { username: "nobody", password: "wrong" },
  "auth.signOut": {},
  "contract.login": { username: "nobody", password: "wrong" },
  "permits.create": { type: "building", holderName: "Ada" },
  "permits.update": { permitId: 1, version: 1, notes: "n" },
  "permits.approve": { permitId: 1 },
  "permits.assign": { permitId: 1, userId: 1 },
  "permits.unassign": { permitId: 1 },
  "eventTypes.update": { code: "permit_create", notify: true },
  "settings.change": { key: "display.office", value: "Office of Permits" },
  "keys.create": { name: "Front desk", kind: "reader", expiresAt: new Date(Date.now() + 60_000).toISOString() },
  "keys.revoke": { keyId: 1 },
  "keys.rotate": { keyId: 1, overlapHours: 0 },
  "events.record": { code: "permit_export" },
  "events.recordMany": { events: [{ code: "permit_export" }] },
};
const input = (value: object) => `input=${encodeURIComponent(JSON.stringify({ json: value }))}`;
const calls: [string, (who: Caller) => Promise<Response>][] = [
  ...Object.entries(queries).map(([name, value]): [string, (who: Caller) => Promise<Response>] => [
    name,
    (who) => who.get(`/trpc/${name}?${input(value)}`),
  ]),
  ...Object.entries(mutations).map(([name, value]): [string, (who: Caller) => Promise<Response>] => [
    name,
    (who) => who.post(`/trpc/${name}`, { json: value }),
  ]),
  ["/api/audit/logs/", (who) => who.get("/api/audit/logs/?days=7")],
  ["/api/audit/user/1/", (who) => who.get("/api/audit/user/1/")],
  ["/api/auth/login", (who) => who.post("/api/auth/login", { username: "nobody", password: "wrong" })],
];

test.each(calls)(
  "a defect in %s shows nothing of itself but a request id, under which it is in our log",
  async (_, call) => {
    api.logged.length = 0;
    const answer = await everythingBroken(() => call(person));
    expect(answer.status).toBe(500);
    const text = await answer.text();
    expect(text).not.toMatch(/hunter2|TypeError|\.ts:\d|stack/);
    expect(text).toContain(masked);
    const requestId = answer.headers.get("x-request-id") ?? "";
    expect(requestId).toMatch(/^r_[0-9a-f]{12}$/);
    expect(text).toContain(requestId);
    expect(api.logged).toEqual([
      [expect.objectContaining({ err: expect.objectContaining({ message: secret }), requestId }), expect.any(String)],
    ]);
  },
);

test("a defect in the database is masked as well, and is recorded in our own words", async () => {
  await api.database.admin.sql.unsafe(`
    create function leak() returns trigger language plpgsql as $$ begin raise exception '${secret}'; end $$;
    create trigger leak before insert on permits for each row execute function leak()`);
  const answer = await person.post("/trpc/permits.create", { json: { type: "building", holderName: "Ada" } });
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain("hunter2");
  const events = await api.stored({ codes: ["permit_create"] });
  expect(events).toMatchObject([{ status: "failed", errorMessage: "Something went wrong on our side." }]);
  expect(JSON.stringify(events)).not.toContain("hunter2");
});

test("a procedure that is not there is 404 in the same form", async () => {
  const answer = await person.get("/trpc/permits.destroy");
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ error: { json: { data: { reason: "not_found" } } } });
});

test("a mutation asked for with GET is 405, and nothing happens", async () => {
  const answer = await person.get(`/trpc/permits.create?${input({ type: "building", holderName: "Ada" })}`);
  expect(answer.status).toBe(405);
  expect(await answer.json()).toMatchObject({ error: { json: { data: { reason: "method_not_allowed" } } } });
});
