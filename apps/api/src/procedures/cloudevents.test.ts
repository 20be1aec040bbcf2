import { randomBytes } from "node:crypto";
import { uuid7, uuid7Time } from "@countersign/audit/uuid7";
import { CloudEvent, emitterFor, HTTP, httpTransport, Mode } from "cloudevents";
import { afterAll, beforeAll, expect, test } from "vitest";
import { issueKey } from "../testing-server.ts";
import { type Answer, createPortal, errorOf, type Portal, structured } from "./testing/cloudevent-portal.ts";

let portal: Portal;
beforeAll(async () => {
  portal = await createPortal();
});
afterAll(() => portal.close());

const answerOf = async (response: Promise<Response>) => (await (await response).json()) as Answer;
const found = async (id: string | undefined) => (await portal.api.stored()).filter((entry) => entry.id === id);

test("the cloudevents SDK records a structured and a binary event, which come back as stated", async () => {
  const transport = httpTransport(`${portal.url}/api/events`);
  const headers = { authorization: `Bearer ${portal.key.text}` };
  const time = portal.now();
  for (const [mode, sequence] of [
    [Mode.STRUCTURED, "7"],
    [Mode.BINARY, "8"],
  ] as const) {
    const event = new CloudEvent({
      type: "org.example.permit_assign",
      source: "https://portal.example/desk?x=1#top",
      subject: "permit/X-1",
      time,
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      sequence,
      data: {
        status: "denied",
        actor: { type: "user", id: "u-7", label: "Zoé" },
        target: { type: "user", id: "u-8" },
        changes: { site: { old: null, new: "Mühlweg" } },
        notes: "e\u0301",
        metadata: { lot: 17 },
      },
    });
    const answered = (await emitterFor(transport, { binding: HTTP, mode })(event, { headers })) as { body: string };
    const { outcome, receipt } = JSON.parse(answered.body) as Answer;
    expect([mode, outcome]).toEqual([mode, "kept"]);
    expect(uuid7Time(receipt?.id ?? "")).toBe(Date.parse(time));
    expect(await found(receipt?.id)).toMatchObject([
      {
        code: "permit_assign",
        status: "denied",
        occurredAt: time,
        actor: { type: "user", id: "u-7", label: "Zoé" },
        object: { type: "permit", id: "X-1" },
        target: { type: "user", id: "u-8" },
        changes: { site: { old: null, new: "Mühlweg" } },
        notes: "e\u0301",
        metadata: {
          lot: 17,
          cloudevents: {
            id: event.id,
            source: "https://portal.example/desk?x=1#top",
            type: "org.example.permit_assign",
            sequence,
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          },
        },
        source: `key:${portal.key.id}`,
        sourceLabel: "Portal",
        requestMethod: "POST",
        endpoint: "/api/events",
      },
    ]);
  }
});

test("a list made by the SDK is answered event by event, in order", async () => {
  const events = ["a", "b", "c"].map(
    (notes) => new CloudEvent({ type: "permit_export", source: "/portal", time: portal.now(), data: { notes } }),
  );
  const answers = await portal.recordMany(events);
  expect(answers.map(({ outcome }) => outcome)).toEqual(["kept", "kept", "kept"]);
  const notes = await Promise.all(answers.map(async ({ receipt }) => (await found(receipt?.id))[0]?.notes));
  expect(notes).toEqual(["a", "b", "c"]);
});

test("the least is enough: then the key did it, and its name stands there", async () => {
  const { receipt } = await answerOf(
    portal.record({ specversion: "1.0", id: "1", source: "/least", type: "permit_export" }),
  );
  expect(await found(receipt?.id)).toMatchObject([
    {
      status: "success",
      object: null,
      actor: { type: "api_key", id: String(portal.key.id), label: "Portal" },
      metadata: { cloudevents: { id: "1", source: "/least", type: "permit_export" } },
    },
  ]);
});

test("the same CloudEvent sent again gets the first answer byte for byte, in a list too, and is stored once", async () => {
  const event = portal.cloudEvent({ data: { notes: "n" } });
  const first = await (await portal.record(event)).text();
  portal.api.clock.move(5000);
  const reordered = { ...Object.fromEntries(Object.entries(event).reverse()), dataschema: null };
  expect(await (await portal.record(reordered)).text()).toBe(first);
  expect(await (await portal.record(event, `${structured}; charset=UTF-8`)).text()).toBe(first);
  const answers = await portal.recordMany([event, event]);
  const { receipt } = JSON.parse(first) as Answer;
  expect(answers.map((answer) => answer.receipt)).toEqual([receipt, receipt]);
  expect(await found((JSON.parse(first) as Answer).receipt?.id)).toHaveLength(1);
});

test("an id that is a UUIDv7 is the id of the event, here and among events of our own form", async () => {
  const id = uuid7(portal.api.clock.now(), randomBytes(10));
  const { receipt } = await answerOf(portal.record(portal.cloudEvent({ id, time: undefined })));
  expect(receipt?.id).toBe(id);
  const other = await portal.record({ id, code: "permit_export" }, "application/json");
  expect([other.status, (await errorOf(other)).code]).toEqual([409, "id_conflict"]);
});

test("without a time, or with one too long ago, each sending is an event of its own", async () => {
  for (const time of [undefined, new Date(portal.api.clock.now() - 8 * 86_400_000).toISOString()]) {
    const event = portal.cloudEvent({ time });
    const ids = [await answerOf(portal.record(event)), await answerOf(portal.record(event))].map(
      ({ receipt }) => receipt?.id,
    );
    expect(new Set(ids).size).toBe(2);
    if (time !== undefined) expect(await found(ids[0])).toMatchObject([{ occurredAt: time }]);
  }
});

test("the same source and id with other content is a conflict, in a list only of that event", async () => {
  const event = portal.cloudEvent();
  await portal.record(event);
  const refused = await portal.record({ ...event, data: { notes: "other" } });
  expect([refused.status, (await errorOf(refused)).code]).toEqual([409, "id_conflict"]);
  const other = portal.cloudEvent();
  const answers = await portal.recordMany([
    { ...event, subject: "permit/2" },
    portal.cloudEvent(),
    other,
    { ...other, extra: 1 },
  ]);
  expect(answers.map(({ outcome, reason }) => reason ?? outcome)).toEqual([
    "id_conflict",
    "kept",
    "kept",
    "id_conflict",
  ]);
});

test("a type that is switched off is accepted with 202 and counted; in a list the answer of its place says so", async () => {
  await portal.api.database.admin.sql`update event_types set enabled = false where code = 'report_export'`;
  await portal.api.services.eventTypes.refresh();
  const off = portal.cloudEvent({ type: "report_export" });
  for (const [body, type] of [
    [off, structured],
    [{ code: "report_export" }, "application/json"],
  ] as const) {
    const response = await portal.record(body, type);
    expect([response.status, await response.json()]).toEqual([
      202,
      { outcome: "suppressed", receipt: null, signed: null },
    ]);
  }
  expect((await portal.recordMany([off, portal.cloudEvent()])).map(({ outcome }) => outcome)).toEqual([
    "suppressed",
    "kept",
  ]);
});

test("a code outside the key's scope is refused, in a list only there", async () => {
  const foreign = portal.cloudEvent({ type: "user_delete" });
  const response = await portal.record(foreign);
  expect([response.status, (await errorOf(response)).code]).toEqual([403, "code_not_allowed"]);
  expect((await portal.recordMany([foreign, portal.cloudEvent()])).map(({ outcome }) => outcome)).toEqual([
    "refused",
    "kept",
  ]);
});

test("nobody, a reader's key and a session without the feature get no further than the guard", async () => {
  const { id: by } = await portal.api.person(["audit.read"]);
  const reader = await issueKey(portal.api, { name: "Reader", kind: "reader", by });
  const headers = { "content-type": structured };
  const nonsense = { method: "POST", headers, body: "{}" };
  expect((await portal.api.caller().send("/api/events", nonsense)).status).toBe(401);
  expect((await portal.send("{}", { ...headers, authorization: `Bearer ${reader.text}` })).status).toBe(403);
  const stranger = await portal.api.person([]);
  const writer = await portal.api.person(["audit.write"]);
  const init = { ...nonsense, body: JSON.stringify(portal.cloudEvent()) };
  expect((await stranger.send("/api/events", init)).status).toBe(403);
  expect((await writer.send("/api/events", init)).status).toBe(200);
  const foreign = { ...init, headers: { ...init.headers, origin: "https://evil.example" } };
  expect((await writer.send("/api/events", foreign)).status).toBe(403);
});
