import { once } from "node:events";
import type { EventFilter } from "@countersign/audit/event-filter";
import type { EventFormatName } from "@countersign/audit/formats/index";
import { storeAllWaiting } from "@countersign/db/store";
import { leaseStream } from "@countersign/db/streams";
import { channelSecrets } from "@countersign/service/channel-secrets";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type AlertOffice, openAlertOffice } from "../testing/alert-office.ts";
import { behaviours, type Receiver, startReceiver } from "../testing/receivers.ts";
import { startedWorkers } from "../testing/started-workers.ts";
import { streamEvents } from "./stream-events.ts";

const secret = `whsec_${Buffer.from("a secret of thirty-two bytes....").toString("base64")}`;
const running = new AbortController().signal;
const ends: (() => Promise<unknown>)[] = [];
let office: AlertOffice;
beforeEach(async () => {
  office = await openAlertOffice();
  await office.settle();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await office.end();
});

type Answer = Parameters<typeof startReceiver>[0];
const receiver = async (answer: Answer): Promise<Receiver> => {
  const started = await startReceiver(answer);
  ends.push(started.close);
  return started;
};
const stream = async (url: string, format: EventFormatName = "cloudevents", filter: EventFilter = {}) => {
  const id = await office.addChannel("stream", "Lake", { url, secret, isDefault: false });
  await office.database.admin.sql`insert into channel_streams (channel_id, format, filter, epoch, index)
    values (${id}, ${format}, ${JSON.stringify(filter)}, 1, 0)`;
  return id;
};
const sender = (...hosts: string[]) => {
  const { run, settle } = streamEvents(office.deps, {
    privateHosts: hosts,
    ownOrigin: "https://permits.example.org",
    lookup: async () => [{ address: "127.0.0.1", family: 4 }],
    now: Date.now,
    secrets: channelSecrets(Buffer.alloc(32, 1)),
  });
  return async (stop = running) => {
    await run(stop);
    await settle();
  };
};
const act = (number: number, notes = "at the desk") =>
  ({
    code: number % 5 === 0 ? "permit_delete" : "permit_update",
    status: "success",
    actor: { type: "user", id: "7", label: "Ana Ruiz" },
    source: "app",
    object: { type: "permit", id: String(number), label: `P-${number}` },
    notes,
  }) as const;
const acts = (count: number, from = 0) => Array.from({ length: count }, (_, index) => act(from + index));
const state = async (id: number) =>
  (
    await office.database.admin.sql`select failures, failure, failed_at is not null as failed, sent::int as sent,
      rest_until > clock_timestamp() + interval '100 seconds' as rests, index::int as index, leased_until
      from channels join channel_streams on channel_id = id where id = ${id}`
  )[0];
const wake = () => office.database.admin.sql`update channels set rest_until = null`;
const idsIn = ({ received }: Receiver): string[] =>
  received.flatMap(({ body }) => (JSON.parse(body) as { id: string }[]).map(({ id }) => id));

test("every event of the log goes out once, in its order and signed, and only what is new after that", async () => {
  const siem = await receiver(behaviours.accept);
  const id = await stream(siem.url, "cloudevents", { objects: ["permit"] });
  const look = sender(siem.host);
  const first = await office.keep(...acts(450));
  await office.settle();
  await look();
  expect(idsIn(siem)).toEqual(first);
  const calls = siem.received.length;
  expect(calls).toBe(3);
  for (const { headers, body } of siem.received) {
    expect(headers["content-type"]).toBe("application/cloudevents-batch+json");
    expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow();
  }
  expect(new Set(siem.received.map(({ headers }) => headers["idempotency-key"])).size).toBe(3);
  expect(JSON.parse(siem.received[0]?.body ?? "")[0]).toMatchObject({
    ...{ specversion: "1.0", source: "https://permits.example.org", type: "countersign.permit_delete" },
    ...{ subject: "permit/0", data: { notes: "at the desk", actor: { label: "Ana Ruiz" } } },
  });
  await look();
  expect(siem.received).toHaveLength(calls);
  const later = await office.keep(...acts(3, 450));
  await office.settle();
  await look();
  expect(idsIn(siem)).toEqual([...first, ...later]);
  expect(await state(id)).toMatchObject({ sent: 453, failures: 0, leased_until: null });
});

test("what the filter leaves out is passed over, and OCSF goes as one line an event", async () => {
  const siem = await receiver(behaviours.accept);
  const id = await stream(siem.url, "ocsf", { codes: ["permit_delete"], not: { objects: ["permit:0"] } });
  await office.keep(...acts(21));
  await office.settle();
  await sender(siem.host)();
  const lines = siem.received.flatMap(({ body }) => body.trim().split("\n"));
  expect(lines.map((line) => JSON.parse(line).metadata?.event_code)).toEqual(Array(4).fill("permit_delete"));
  expect(siem.received[0]?.headers["content-type"]).toBe("application/x-ndjson");
  const before = siem.received.length;
  await office.keep(act(1));
  await office.settle();
  await sender(siem.host)();
  expect(siem.received).toHaveLength(before);
  expect((await state(id))?.sent).toBe(4);
});

test("a call carries no more than a mebibyte, and nothing is lost between two", async () => {
  const siem = await receiver(behaviours.accept);
  await stream(siem.url, "cloudevents", { objects: ["permit"] });
  const ids = await office.keep(...Array.from({ length: 180 }, (_, index) => act(index, "x".repeat(7000))));
  await office.settle();
  await sender(siem.host)();
  expect(idsIn(siem)).toEqual(ids);
  expect(siem.received.length).toBeGreaterThan(1);
  for (const { body } of siem.received) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(1_048_576 + 2);
});

test.each(["refuse", "busy", "cut", "redirect"] as const)(
  "a receiver that does %s is asked again later, the same events first",
  async (behaviour) => {
    let answer: Answer = behaviours[behaviour];
    const siem = await receiver((response, one) => answer(response, one));
    const id = await stream(siem.url, "cloudevents", { objects: ["permit"] });
    const ids = await office.keep(...acts(5));
    await office.settle();
    const look = sender(siem.host);
    await look();
    await look();
    expect(siem.received).toHaveLength(1);
    expect(await state(id)).toMatchObject({ failures: 1, failed: true, sent: 0, rests: behaviour === "busy" });
    answer = behaviours.accept;
    await wake();
    await look();
    expect(siem.received.map(({ headers }) => headers["idempotency-key"])).toHaveLength(2);
    expect(new Set(siem.received.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect(idsIn({ ...siem, received: siem.received.slice(1) })).toEqual(ids);
    expect(await state(id)).toMatchObject({ failures: 0, sent: 5 });
  },
);

test("what came in between two tries goes out under another key, so that no receiver takes it for a repetition", async () => {
  let answer: Answer = behaviours.cut;
  const siem = await receiver((response, one) => answer(response, one));
  await stream(siem.url, "cloudevents", { objects: ["permit"] });
  await office.keep(...acts(3));
  await office.settle();
  const look = sender(siem.host);
  await look();
  const more = await office.keep(...acts(2, 3));
  await office.settle();
  answer = behaviours.accept;
  await wake();
  await look();
  const [first, second] = siem.received;
  expect(first?.headers["idempotency-key"]).not.toBe(second?.headers["idempotency-key"]);
  expect(
    JSON.parse(second?.body ?? "")
      .map(({ id }: { id: string }) => id)
      .slice(3),
  ).toEqual(more);
});

test("a stream that is changed during a call goes on as it stands after, from where it was", async () => {
  const { sql } = office.database.admin;
  let isChanged = false;
  const siem = await receiver(async (response) => {
    if (!isChanged) {
      await sql`update channels set version = version + 1`;
      await sql`update channel_streams set filter = '{"codes":["permit_delete"]}'`;
    }
    isChanged = true;
    response.writeHead(204).end();
  });
  const id = await stream(siem.url, "cloudevents", { codes: ["permit_update"] });
  await office.keep(...acts(10));
  await office.settle();
  await sender(siem.host)();
  const types = siem.received.map(
    ({ body }) => new Set((JSON.parse(body) as { type: string }[]).map(({ type }) => type)),
  );
  expect(types[0]).toEqual(new Set(["countersign.permit_update"]));
  expect(types[1]).toEqual(new Set(["countersign.permit_delete"]));
  expect((await state(id))?.sent).toBe(2);
});

test("two workers share a stream without sending anything twice, and one that hangs holds no other up", async () => {
  const slow = await receiver(behaviours.hang);
  const siem = await receiver(behaviours.accept);
  await stream(siem.url, "cloudevents", { objects: ["permit"] });
  const [, second] = await Promise.all([
    office.keep(...acts(300)),
    office.addChannel("stream", "Slow", { url: slow.url, secret, isDefault: false }),
  ]);
  await office.database.admin
    .sql`insert into channel_streams (channel_id, format, filter, epoch, index) values (${second}, 'ocsf', '{}', 1, 0)`;
  await office.settle();
  const looks = [sender(siem.host, slow.host), sender(siem.host, slow.host)];
  await Promise.all(looks.flatMap((look) => [look(), look()]));
  expect(idsIn(siem)).toHaveLength(300);
  expect(new Set(idsIn(siem)).size).toBe(300);
}, 30_000);

test("after a day without an answer one event tells of it, and the stream goes on trying", async () => {
  const siem = await receiver(behaviours.refuse);
  await stream(siem.url);
  await office.keep(act(1));
  await office.settle();
  const look = sender(siem.host);
  await look();
  await office.database.admin.sql`update channel_streams set failing_since = failing_since - interval '25 hours'`;
  for (let round = 0; round < 3; round++) {
    await wake();
    await look();
  }
  await storeAllWaiting(office.deps.db);
  const told = await office.database.admin.sql`select details from event_log where code = 'sys_notification_failed'`;
  expect(told).toHaveLength(1);
  expect(siem.received).toHaveLength(4);
});

test("what cannot be sent for a reason of our own is shown on the channel, and tried again", async () => {
  const siem = await receiver(behaviours.accept);
  const id = await stream(siem.url, "cloudevents", { objects: ["permit"] });
  await office.keep(act(1));
  await office.settle();
  const { sql } = office.database.admin;
  await sql`update channels set secret = ${channelSecrets(Buffer.alloc(32, 2)).seal(id, secret)}`;
  const look = sender(siem.host);
  await look();
  expect(await state(id)).toMatchObject({ failures: 1, failure: expect.stringContaining("sealed under another key") });
  await sql`update channels set secret = ${secret}, rest_until = null`;
  await sql`alter table event_log rename to event_log_away`;
  await look();
  await sql`alter table event_log_away rename to event_log`;
  expect(await state(id)).toMatchObject({
    failures: 2,
    failure: "the log could not be read for it",
    leased_until: null,
  });
  await wake();
  await look();
  expect(siem.received).toHaveLength(1);
  expect(await state(id)).toMatchObject({ failures: 0, sent: 1 });
});

test("two workers on one stream, the first past its lease: the second goes on, and what the first then hears moves nothing", async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let calls = 0;
  const siem = await receiver(async (response) => {
    calls += 1;
    if (calls === 1) await held;
    response.writeHead(204).end();
  });
  const id = await stream(siem.url, "cloudevents", { objects: ["permit"] });
  const ids = await office.keep(...acts(5));
  await office.settle();
  const first = sender(siem.host)();
  await expect.poll(() => siem.received.length).toBe(1);
  expect(await leaseStream(office.deps.db, id, 1000)).toBe(undefined);
  await office.database.admin.sql`update channel_streams set leased_until = clock_timestamp()`;
  await sender(siem.host)();
  expect(await state(id)).toMatchObject({ sent: 5 });
  release();
  await first;
  expect(await state(id)).toMatchObject({ sent: 5, failures: 0, leased_until: null });
  const keys = siem.received.map(({ headers }) => headers["idempotency-key"]);
  expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
  expect(idsIn(siem)).toEqual([...ids, ...ids]);
});

test.each(["accept", "refuse"] as const)(
  "what a worker past its lease hears (%s) frees no stream that another one is sending",
  async (behaviour) => {
    const releases: (() => void)[] = [];
    const siem = await receiver(async (response, one) => {
      const call = releases.length;
      await new Promise<void>((resolve) => releases.push(resolve));
      const answer: Answer = behaviours[call === 0 ? behaviour : "accept"];
      answer(response, one);
    });
    const id = await stream(siem.url, "cloudevents", { objects: ["permit"] });
    await office.keep(...acts(5));
    await office.settle();
    const first = sender(siem.host)();
    await expect.poll(() => releases.length).toBe(1);
    await office.database.admin.sql`update channel_streams set leased_until = clock_timestamp()`;
    const second = sender(siem.host)();
    await expect.poll(() => releases.length).toBe(2);
    releases[0]?.();
    await first;
    expect(await state(id)).toMatchObject({ sent: 0, failures: 0, failed: false, leased_until: expect.anything() });
    releases[1]?.();
    await second;
    expect(await state(id)).toMatchObject({ sent: 5, failures: 0, leased_until: null });
    expect(siem.received).toHaveLength(2);
  },
);

test("a stream that gets another form during a call sends anew under another key", async () => {
  const { sql } = office.database.admin;
  const siem = await receiver(async (response) => {
    if (siem.received.length === 1) {
      await sql`update channels set version = version + 1`;
      await sql`update channel_streams set format = 'ocsf'`;
    }
    response.writeHead(204).end();
  });
  await stream(siem.url, "cloudevents", { objects: ["permit"] });
  await office.keep(...acts(3));
  await office.settle();
  await sender(siem.host)();
  const [first, second, ...more] = siem.received;
  expect(more).toEqual([]);
  expect([first, second].map((one) => one?.headers["content-type"])).toEqual([
    "application/cloudevents-batch+json",
    "application/x-ndjson",
  ]);
  expect(first?.headers["idempotency-key"]).not.toBe(second?.headers["idempotency-key"]);
});

test("a call in the middle of which the worker is told to stop says nothing of its stream", async () => {
  const stopping = new AbortController();
  const siem = await receiver(() => stopping.abort());
  const id = await stream(siem.url, "cloudevents", { objects: ["permit"] });
  await office.keep(act(1));
  await office.settle();
  await sender(siem.host)(stopping.signal);
  expect(siem.received).toHaveLength(1);
  expect(await state(id)).toMatchObject({ failures: 0, failure: null, sent: 0, leased_until: expect.anything() });
});

test("a name that leads into the house is not called", async () => {
  const siem = await receiver(behaviours.accept);
  const id = await stream("https://siem.example.org/in");
  await office.keep(act(1));
  await office.settle();
  await sender()();
  expect(siem.received).toEqual([]);
  expect(await state(id)).toMatchObject({ failures: 1, failure: "the name leads to an address that is not public" });
});

test("a worker killed after the receiver took a batch sends it again, under the same key, and goes on", async () => {
  const siem = await receiver(behaviours.accept);
  const id = await stream(siem.url, "cloudevents", { objects: ["permit"] });
  const ids = await office.keep(...acts(10));
  await office.settle();
  const { start, end } = await startedWorkers({
    ...{ DATABASE_URL: office.database.urls.worker, QUEUE_DATABASE_URL: "", REDIS_URL: "redis://127.0.0.1:1" },
    ...{ PUBLIC_URL: "https://permits.example.org", CHANNEL_PRIVATE_HOSTS: siem.host },
  });
  ends.push(end);
  const [, signal] = await once(start({ CRASH_AT: "after_stream" }), "exit");
  expect(signal).toBe("SIGKILL");
  expect(idsIn(siem)).toEqual(ids);
  expect(await state(id)).toMatchObject({ sent: 0 });
  await office.database.admin.sql`update channel_streams set leased_until = clock_timestamp()`;
  start();
  await expect.poll(async () => (await state(id))?.sent, { timeout: 30_000, interval: 200 }).toBe(10);
  const keys = siem.received.map(({ headers }) => headers["idempotency-key"]);
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
}, 60_000);
