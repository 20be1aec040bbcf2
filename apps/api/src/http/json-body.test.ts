import { Hono } from "hono";
import { expect, test } from "vitest";
import { requestIds } from "./errors.ts";
import { guards } from "./guards.ts";
import type { HttpEnv } from "./http-env.ts";
import { jsonBody, replayedRequest } from "./json-body.ts";

const app = new Hono<HttpEnv>();
app.use(requestIds({ newId: () => "r1" }), guards(jsonBody()));
app.all("*", async (c) => {
  if (c.req.method === "GET") return c.text("reached");
  return c.json({ json: await c.req.json(), text: await replayedRequest(c).text(), kept: c.get("body")?.value });
});

const send = async (body: string | Uint8Array<ArrayBuffer>, path = "/api/x") => {
  const answer = await app.request(path, { method: "POST", body });
  return {
    status: answer.status,
    body: (await answer.json()) as { error: { code: string; path?: string; message: string } },
  };
};
const statusOf = async (body: string | Uint8Array<ArrayBuffer>, path?: string) => (await send(body, path)).status;

test("a body is read once and handed on as value, text and bytes", async () => {
  expect(await send(`{"a" : "\u00e9 e\u0301"}`)).toEqual({
    status: 200,
    body: { json: { a: "é e\u0301" }, text: `{"a" : "é e\u0301"}`, kept: { a: "é e\u0301" } },
  });
});

test.each<[string, string | Uint8Array<ArrayBuffer>]>([
  ["a text", '"a"'],
  ["null", "null"],
  ["42", "42"],
  ["half an object", '{"a":'],
  ["a comment", '{"a":1/**/}'],
  ["NaN", '{"a":NaN}'],
  ["01", '{"a":01}'],
  ["bytes that are no UTF-8", new Uint8Array([0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
  ["a byte order mark", '\ufeff{"a":1}'],
  ["a member twice", '{"id":1,"\\u0069d":2}'],
  ["33 levels", `${"[".repeat(33)}${"]".repeat(33)}`],
  ["a hundred thousand levels", "[".repeat(100_000)],
])("%s is unreadable: 400", async (_name, body) => {
  expect(await send(body)).toMatchObject({ status: 400, body: { error: { code: "unreadable", requestId: "r1" } } });
});

test.each<[string, string, string | undefined]>([
  ["__proto__", '{"a":{"__proto__":{"x":1}}}', "a.__proto__"],
  ["an escaped __proto__", '{"a":{"__proto\\u005f_":1}}', "a.__proto__"],
  ["constructor", '{"a":[{"constructor":1}]}', "a.0.constructor"],
  ["U+0000 in a text", '{"a":"\\u0000"}', "a"],
  ["U+0000 in a name", '{"a":{"\\u0000":1}}', "a"],
  ["a lone surrogate", '{"a":"\\ud800"}', "a"],
  ["a number that is not exact", '{"a":12345678901234567890}', undefined],
  ["a number that is infinite", '{"a":1e400}', undefined],
  ["a text over 32 KiB", `{"a":"${"é".repeat(16 * 1024)}x"}`, "a"],
  ["a name over 256 bytes", `{"${"k".repeat(257)}":1}`, ""],
])("%s is read and refused: 422 with its place", async (_name, body, path) => {
  const answer = await send(body);
  expect(answer).toMatchObject({ status: 422, body: { error: { code: "invalid_input" } } });
  expect(answer.body.error.path).toBe(path);
});

test("a refusal is short and never repeats the value", async () => {
  const long = "k".repeat(250);
  const answer = await send(`${`{"${long}":`.repeat(20)}"secret\\u0000"${"}".repeat(20)}`, "/trpc/x");
  expect(answer.status).toBe(422);
  expect(JSON.stringify(answer.body).length).toBeLessThan(1024);
  expect(JSON.stringify(answer.body)).not.toContain("secret");
});

test("what is odd and allowed comes through as it is", async () => {
  const odd = '{"":1,"a":"\u202e\\u001b \u2028\\r\\n","n":-0,"list":[],"nothing":null}';
  expect((await send(odd)).body).toMatchObject({
    json: { "": 1, a: "\u202e\u001b \u2028\r\n", list: [], nothing: null },
  });
});

test("below /trpc the envelope of superjson is looked through as well", async () => {
  expect(await statusOf('{"json":{"permitId":1}}', "/trpc/permits.read")).toBe(200);
  expect(await send('{"permitId":1}', "/trpc/permits.read")).toMatchObject({
    status: 422,
    body: { error: { path: "permitId" } },
  });
  expect(await statusOf('{"0":{"json":1},"1":{"json":2}}', "/trpc/a,b?batch=1")).toBe(200);
  expect(await statusOf('{"0":{"json":1},"2":{"json":2}}', "/trpc/a,b?batch=1")).toBe(422);
  expect(await statusOf('{"json":{"a":"x"},"meta":{"values":{"a":["regexp"]}}}', "/trpc/a")).toBe(422);
  expect(await send('{"0":{"json":{"notes":"\\u0000"}}}', "/trpc/a?batch=1")).toMatchObject({
    body: { error: { path: "0.notes" } },
  });
});

test("input in the query of a GET is held to the same rules", async () => {
  const get = async (query: string, path = "/trpc/permits.list") => (await app.request(`${path}?${query}`)).status;
  const input = (text: string) => `input=${encodeURIComponent(text)}`;
  expect(await get(input('{"json":{"search":"a"}}'))).toBe(200);
  expect(await get("")).toBe(200);
  expect(await get(input('{"json":'))).toBe(400);
  expect(await get(input('{"json":{"a":1,"a":2}}'))).toBe(400);
  expect(await get(input('{"json":{"a":"\\u0000"}}'))).toBe(422);
  expect(await get(input('{"json":{"__proto__":1}}'))).toBe(422);
  expect(await get(`${input('{"json":1}')}&${input('{"json":2}')}`)).toBe(400);
  expect(await get("text=a%00b", "/api/audit/logs/")).toBe(422);
  expect(await get("text=a%2500b", "/api/audit/logs/")).toBe(200);
});

test("no body reaches the handler, which is told so when it asks", async () => {
  const asking = new Hono<HttpEnv>();
  asking.use(guards(jsonBody()));
  asking.post("*", async (c) => c.json([c.get("body") ?? "none", await c.req.json().catch(String)]));
  const answer = await asking.request("/trpc/auth.signOut", { method: "POST" });
  expect(await answer.json()).toEqual(["none", "SyntaxError: there is no body"]);
});

test("a body may have 256 KiB, a batch 4 MiB, and not one byte more", async () => {
  const sized = (bytes: number) => `{"a":${" ".repeat(bytes - 7)}1}`;
  expect(await statusOf(sized(256 * 1024))).toBe(200);
  expect(await statusOf(sized(256 * 1024 + 1))).toBe(413);
  expect(await statusOf(sized(4 * 1024 * 1024), "/api/events/batch")).toBe(200);
  expect(await statusOf(sized(4 * 1024 * 1024 + 1), "/api/events/batch")).toBe(413);
});

test("a batch of events may have more members than one input", async () => {
  const members = JSON.stringify({
    json: { events: Array.from({ length: 500 }, () => ({ a: 1, b: 2, c: 3, d: 4, e: 5 })) },
  });
  expect(await statusOf(members, "/trpc/events.recordMany")).toBe(200);
  expect(await statusOf(members, "/trpc/events.record")).toBe(422);
});

test("what is wrong with one event of a batch is left to whoever keeps it, but for forbidden keys", async () => {
  const withText = '{"json":{"events":[{"a":"\\u0000"},{"b":1}]}}';
  expect(await statusOf(withText, "/trpc/events.recordMany")).toBe(200);
  expect(await statusOf(withText, "/trpc/events.record")).toBe(422);
  const withKey = '{"json":{"events":[{"a":"\\u0000"},{"b":{"__proto__":1}}]}}';
  expect(await statusOf(withKey, "/trpc/events.recordMany")).toBe(422);
});
