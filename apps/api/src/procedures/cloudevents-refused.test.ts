import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Answer,
  batched,
  createPortal,
  errorOf,
  type Given,
  type Portal,
  structured,
} from "./testing/cloudevent-portal.ts";

let portal: Portal;
beforeAll(async () => {
  portal = await createPortal();
});
afterAll(() => portal.close());

const missing = (name: string) => ({ [name]: undefined });
const refusals: [string, Given, string, string][] = [
  ["no specversion", missing("specversion"), "specversion", "invalid_value"],
  ["version 0.3", { specversion: "0.3" }, "specversion", "invalid_value"],
  ["no id", missing("id"), "id", "invalid_type"],
  ["an empty id", { id: "" }, "id", "too_small"],
  ["a number as id", { id: 7 }, "id", "invalid_type"],
  ["no source", missing("source"), "source", "invalid_type"],
  ["a source that is no URI-reference", { source: "the portal" }, "source", "uri_reference"],
  ["no type", missing("type"), "type", "invalid_type"],
  ["an unknown type", { type: "org.example.permit_aprove" }, "type", "unknown_code"],
  ["a type of the platform", { type: "sys_heartbeat" }, "code", "platform_only"],
  ["a time without offset", { time: "2026-01-01T00:00:00" }, "time", "instant"],
  ["a time before 1970", { time: "1969-12-31T00:00:00Z" }, "occurredAt", "out_of_range"],
  ["a subject that is no type and id", { subject: "X-1" }, "subject", "type_and_id"],
  ["a subject of another type", { subject: "user/1" }, "object.type", "object_type"],
  [
    "a subject that is not the object",
    { subject: "permit/1", data: { object: { type: "permit", id: "2" } } },
    "subject",
    "other_object",
  ],
  ["data that is no object", { data: "x" }, "data", "invalid_type"],
  ["a list as data", { data: [] }, "data", "invalid_type"],
  ["data in base64", { data_base64: "e30=" }, "data_base64", "invalid_type"],
  ["data that is no JSON", { datacontenttype: "text/xml", data: {} }, "datacontenttype", "media_type"],
  ["an unknown member in data", { data: { severity: "info" } }, "data.severity", "unknown_field"],
  ["a code in data", { data: { code: "permit_read" } }, "data.code", "unknown_field"],
  [
    "metadata in the place of the attributes",
    { data: { metadata: { cloudevents: {} } } },
    "data.metadata.cloudevents",
    "reserved",
  ],
  ["an extension with capitals", { traceParent: "x" }, "traceParent", "attribute_name"],
  ["an object as extension", { extra: {} }, "extra", "invalid_union"],
  ["an extension with a fraction", { extra: 1.5 }, "extra", "invalid_union"],
  ["a line end in an id", { id: "a\nb" }, "id", "forbidden_character"],
  ["a noncharacter in an extension", { extra: "\uffff" }, "extra", "forbidden_character"],
];

test.each(refusals)("%s is refused with 422, in a list without cost to the others", async (_, given, path, rule) => {
  const response = await portal.record(portal.cloudEvent(given));
  expect(response.status).toBe(422);
  expect((await errorOf(response)).fields).toContainEqual({ path, rule });
  const [first, second] = await portal.recordMany([portal.cloudEvent(given), portal.cloudEvent()]);
  expect(first).toMatchObject({ outcome: "refused", receipt: null, reason: "invalid_input" });
  expect(first?.fields).toContainEqual({ path, rule });
  expect(second?.outcome).toBe("kept");
});

test("NUL and half a character are refused, in a list only in their event", async () => {
  for (const text of ['"a\\u0000b"', '"\\ud800"']) {
    const event = JSON.stringify(portal.cloudEvent({ extra: "?" })).replace('"?"', text);
    expect((await portal.send(event, { "content-type": structured })).status).toBe(422);
    const answer = await portal.send(`[${event},${JSON.stringify(portal.cloudEvent())}]`, { "content-type": batched });
    const { results } = (await answer.json()) as { results: Answer[] };
    expect(results.map(({ outcome }) => outcome)).toEqual(["refused", "kept"]);
  }
});

test("a list holds 1 to 500 events, and is a list", async () => {
  const many = Array.from({ length: 501 }, () => portal.cloudEvent());
  for (const given of [[], many, portal.cloudEvent(), { events: [portal.cloudEvent()] }]) {
    expect((await portal.record(given, batched)).status).toBe(422);
  }
  expect(await portal.recordMany(many.slice(0, 500))).toHaveLength(500);
  expect((await portal.record([portal.cloudEvent()])).status).toBe(422);
  expect((await portal.recordMany([42, null, [], portal.cloudEvent()])).map(({ outcome }) => outcome)).toEqual([
    "refused",
    "refused",
    "refused",
    "kept",
  ]);
});

test.each([
  ["malformed JSON", '{"specversion":', structured, 400],
  ["a name twice", '{"id":"1","\\u0069d":"2"}', structured, 400],
  ["no UTF-8", Uint8Array.of(0x7b, 0xc0, 0x80, 0x7d), structured, 400],
  ["a bare text", '"x"', structured, 400],
  ["__proto__ in a list", '[{"__proto__":{}}]', batched, 422],
  ["nothing", "", structured, 422],
  ["another character set", "{}", `${structured}; charset=utf-16`, 415],
  ["another format", "<a/>", "application/cloudevents+xml", 415],
  ["a form", "a=b", "application/x-www-form-urlencoded", 415],
])("%s is refused", async (_, body, type, status) => {
  expect((await portal.send(body, { "content-type": type })).status).toBe(status);
});

test("other addresses do not take these media types", async () => {
  for (const path of ["/api/events/batch", "/trpc/events.record", "/trpc/events.recordCloudEvent", "/api/auth/login"]) {
    expect([path, (await portal.send("{}", { "content-type": structured }, path)).status]).toEqual([path, 415]);
  }
  expect(
    (await portal.send(JSON.stringify(portal.cloudEvent()), { "content-type": structured }, "/api/events/")).status,
  ).toBe(200);
});

test("one event may have 256 KiB, a list 4 MiB", async () => {
  const padded = (text: string, bytes: number) => text.slice(0, -1) + " ".repeat(bytes - text.length) + text.slice(-1);
  for (const [text, type, bytes] of [
    [JSON.stringify(portal.cloudEvent()), structured, 256 * 1024],
    [JSON.stringify([portal.cloudEvent()]), batched, 4 * 1024 * 1024],
  ] as const) {
    expect((await portal.send(padded(text, bytes), { "content-type": type })).status).toBe(200);
    expect((await portal.send(padded(text, bytes + 1), { "content-type": type })).status).toBe(413);
  }
  const big = portal.cloudEvent({ data: { metadata: { list: Array(40).fill("x".repeat(1000)) } } });
  expect((await errorOf(await portal.record(big))).fields).toEqual([{ path: "metadata", rule: "over_32_kib" }]);
});

const headersOf = (more: Record<string, string> = {}) => ({
  "ce-specversion": "1.0",
  "ce-id": String(portal.cloudEvent().id),
  "ce-source": "/portal",
  "ce-type": "permit_export",
  ...more,
});

test("in binary mode attributes are decoded from their headers, and data may be absent", async () => {
  const answer = await portal.send(null, headersOf({ "ce-extra": "M%C3%BChlweg%2025%25" }));
  const { receipt } = (await answer.json()) as Answer;
  const [entry] = (await portal.api.stored()).filter(({ id }) => id === receipt?.id);
  expect(entry?.metadata).toMatchObject({ cloudevents: { extra: "Mühlweg 25%" } });
});

test.each<[string, Record<string, string>, string]>([
  ["an id without the rest", { "ce-specversion": "", "ce-source": "" }, "source"],
  ["NUL in an attribute", { "ce-extra": "a%00b" }, "extra"],
  ["data as an attribute", { "ce-data": "x" }, "data"],
  ["a name that no attribute can have", { "ce-__proto__": "x" }, "ce-__proto__"],
])("in binary mode %s is refused", async (_, headers, path) => {
  const response = await portal.send("{}", { "content-type": "application/json", ...headersOf(headers) });
  expect(response.status).toBe(422);
  expect((await errorOf(response)).fields?.map((field) => field.path)).toContain(path);
});

test("plain JSON at the same address is an event of our own form", async () => {
  const event = { code: "permit_export", notes: "plain" };
  expect((await portal.record(event, "application/json")).status).toBe(200);
  expect((await portal.record(portal.cloudEvent(), "application/json")).status).toBe(422);
  expect(
    (await portal.send(JSON.stringify(event), { "content-type": "application/json" }, "/api/events?dry=1")).status,
  ).toBe(422);
});
