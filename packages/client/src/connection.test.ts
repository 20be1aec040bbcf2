import { afterAll, beforeAll, expect, test } from "vitest";
import { createCountersign, type StatedEvent } from "./countersign.ts";
import { words } from "./testing/fault-proxy.ts";
import { openOffice } from "./testing/office.ts";

let office: Awaited<ReturnType<typeof openOffice>>;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const answered = words(200, '{"result":{"data":{"json":{"results":[{"outcome":"suppressed","receipt":null}]}}}}');
const headersOf = async (options: Parameters<typeof office.client>[1]) => {
  const { record, seen } = await office.client(() => answered, { session: undefined, origin: undefined, ...options });
  await record({ code: "permit_export" });
  return seen[0]?.headers;
};

test("a key goes as a bearer token, without cookie and origin; a function is asked each time", async () => {
  const headers = await headersOf({ key: "cs_7_secret_x" });
  expect(headers).toMatchObject({ authorization: "Bearer cs_7_secret_x", "content-type": "application/json" });
  expect([headers?.cookie, headers?.origin]).toEqual([undefined, undefined]);
  expect(await headersOf({ key: () => "cs_8_other_x" })).toMatchObject({ authorization: "Bearer cs_8_other_x" });
});

test("what a key states stands in the log as stated by it, and only the codes it may state", async () => {
  const { id, text } = await office.key(["permit_export"]);
  const { record } = await office.client(undefined, { session: undefined, origin: undefined, key: text });
  const { receipt } = await record({ code: "permit_export" });
  expect(await office.stored([receipt?.id])).toMatchObject([
    { source: `key:${id}`, actor: { type: "api_key", id: String(id) } },
  ]);
  await expect(record({ code: "permit_delete", object: { type: "permit", id: "1" } })).rejects.toMatchObject({
    name: "RefusedError",
    reason: "code_not_allowed",
  });
});

test("what a revoked key could not deliver goes out with the next one", async () => {
  const first = await office.key(["permit_export"]);
  const second = await office.key(["permit_export"]);
  let text = first.text;
  const client = await office.client(undefined, { session: undefined, origin: undefined, key: () => text });
  await client.record({ code: "permit_export" });
  await first.revoke();
  const recorded = client.record({ code: "permit_export" });
  await expect.poll(() => client.state().problem).toMatchObject({ status: 401, isLasting: true });
  text = second.text;
  const { receipt } = await recorded;
  expect(await office.stored([receipt?.id])).toMatchObject([{ source: `key:${second.id}` }]);
});

test("a session goes as a cookie with the origin of the server, or the one that is given", async () => {
  const headers = await headersOf({ session: "countersign_sid=s" });
  expect(headers).toMatchObject({ cookie: "countersign_sid=s", origin: `http://${headers?.host}` });
  expect(headers?.authorization).toBeUndefined();
  expect(await headersOf({ session: "a=b", origin: "https://office.example" })).toMatchObject({
    origin: "https://office.example",
  });
});

test("with neither, as in a page of the office itself, nothing is added", async () => {
  const headers = await headersOf({});
  expect([headers?.cookie, headers?.origin, headers?.authorization]).toEqual([undefined, undefined, undefined]);
});

test("in a browser a key never goes beside the cookie of whoever sits there, nor to another address", async () => {
  const calls: RequestInit[] = [];
  const fetch = (async (_: unknown, init: RequestInit) => {
    calls.push(init);
    return new Response(null, { status: 503 });
  }) as typeof globalThis.fetch;
  const { record, close } = createCountersign({ url: "http://office.example", key: "k", fetch });
  void record({ code: "permit_export" });
  await close({ timeoutMs: 10 });
  expect(calls[0]).toMatchObject({ credentials: "omit", redirect: "manual" });
});

test("a key beside a cookie is refused before any call", () => {
  expect(() => createCountersign({ url: "http://127.0.0.1:1", key: "k", session: "s" })).toThrow(TypeError);
});

test("no problem, state or error holds the key", async () => {
  const key = "cs_7_VERYSECRET_x";
  const client = await office.client(() => words(401), { session: undefined, origin: undefined, key });
  const recorded = client.record({ code: "permit_export" });
  await expect.poll(() => client.state().problem).not.toBeNull();
  const state = JSON.stringify(client.state());
  await client.close({ timeoutMs: 0 });
  const error = await recorded.catch((reason: unknown) => reason);
  expect(state + JSON.stringify(error) + String(error)).not.toContain("VERYSECRET");
});

test("typed calls of the whole server go the same way", async () => {
  const { record, flush, trpc } = await office.client();
  void record({ code: "permit_export", notes: "typed" });
  await flush();
  await office.api.stored();
  const { entries } = await trpc.audit.list.query({ codes: ["permit_export"] });
  expect(entries[0]?.notes).toBe("typed");
  await expect(trpc.permits.create.mutate({ type: "event", holderName: "Ana Ruiz" })).rejects.toMatchObject({
    data: { reason: "forbidden" },
  });
});

test("an address may end with a slash", async () => {
  const session = office.cookieOf(office.portal);
  const countersign = createCountersign({ url: `${office.server.url}/`, session });
  expect(await countersign.record({ code: "permit_export" })).toMatchObject({ outcome: "kept" });
  expect(await countersign.close()).toEqual([]);
});

test("an event is typed by its code", () => {
  const sound: StatedEvent<"permit_assign"> = {
    code: "permit_assign",
    object: { type: "permit", id: "1" },
    target: { type: "user", id: "2" },
  };
  // @ts-expect-error A permit is not assigned to a role.
  const foreign: StatedEvent<"permit_assign"> = { ...sound, target: { type: "role", id: "2" } };
  // @ts-expect-error Only the platform says that a checkpoint was made.
  const own: StatedEvent = { code: "sys_id_conflict" };
  expect([foreign.code, own.code]).toHaveLength(2);
});
