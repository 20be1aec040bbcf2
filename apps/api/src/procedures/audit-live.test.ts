import { sealPending } from "@countersign/db/sealing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { LiveNews } from "../live/follow-log.ts";
import { createTestApi, type Person, type TestApi } from "../testing.ts";
import { eventsOf, type ServerSent } from "../testing-stream.ts";

let api: TestApi;
let reader: Person;
let clerk: Person;
beforeAll(async () => {
  api = await createTestApi({ liveTickMs: 200 });
  reader = await api.person(["audit.read"], "Ines Vale");
  clerk = await api.person(["permits.create"], "Ana Ruiz");
});
afterAll(() => api.close());

const open: AsyncGenerator<ServerSent>[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((stream) => stream.return(undefined)));
  await expect.poll(() => api.services.live.followers()).toBe(0);
});

const follow = async (who: Person, input: object = {}, headers: Record<string, string> = {}) => {
  const address = `/trpc/audit.live?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;
  const stream = eventsOf(await who.send(address, { headers }));
  open.push(stream);
  /** The next that is said, pings and the greeting left out. */
  const next = async (): Promise<{ event: string; id: string; news: LiveNews }> => {
    for (;;) {
      const { value, done } = await stream.next();
      if (done) return { event: "end", id: "", news: {} as LiveNews };
      const { event, id = "", data } = value as ServerSent;
      if (event === "message" || event === "serialized-error") return { event, id, news: JSON.parse(data).json };
    }
  };
  /** Labels of what comes until something has matched. */
  const objects = async (): Promise<(string | null | undefined)[]> => {
    for (;;) {
      const { news } = await next();
      if (news.entries.length > 0) return news.entries.map(({ object }) => object?.label);
    }
  };
  return { next, objects };
};

const create = async (holderName: string): Promise<string> =>
  (await clerk.trpc.permits.create.mutate({ type: "event", holderName })).permit.permitNumber;
const seal = async (): Promise<void> => {
  await api.stored();
  while ((await sealPending(api.database.worker, new Date().toISOString())) !== null);
};
const permits = { codes: ["permit_create"] };

test("what is stored and sealed while somebody watches is told, with the place to go on from", async () => {
  await create("Before");
  await seal();
  const { next, objects } = await follow(reader, permits);
  const first = await next();
  expect(first.news).toMatchObject({ entries: [], isBehind: false, isAtEnd: true });
  expect(first.id).toBe(`1-${first.news.state.size}`);
  const number = await create("Harbour Street Market");
  await seal();
  expect(await objects()).toEqual([number]);
});

test("what does not match is not told, and the state of the log is", async () => {
  const { next } = await follow(reader, { objectType: "permit", objectId: "999999" });
  const { news } = await next();
  await create("Somebody");
  await seal();
  // What is stored and has no place yet is told of as well.
  let later = news;
  while (later.state.size === news.state.size) ({ news: later } = await next());
  expect(later.entries).toEqual([]);
  expect(later.state.size).toBeGreaterThan(news.state.size);
});

test("after a break nothing is missed and nothing comes twice", async () => {
  const before = await follow(reader, permits);
  const { id } = await before.next();
  const missed = [await create("One"), await create("Two")];
  await seal();
  const inInput = await follow(reader, { ...permits, lastEventId: id });
  expect(await inInput.objects()).toEqual(missed);
  const inHeader = await follow(reader, permits, { "last-event-id": id });
  expect(await inHeader.objects()).toEqual(missed);
});

test("an event with an id that is days older comes as well, since the place in the tree counts", async () => {
  const { next, objects } = await follow(reader, permits);
  await next();
  api.clock.move(-3 * 86_400_000);
  const late = await create("Stated late");
  api.clock.move(3 * 86_400_000);
  await seal();
  expect(await objects()).toEqual([late]);
});

test("a place that this log never had, or that is far behind, is answered with the end and the word to read again", async () => {
  const ahead = await (await follow(reader, { lastEventId: "1-999999999" })).next();
  expect(ahead.news).toMatchObject({ entries: [], isBehind: true, isAtEnd: true });
  expect(ahead.id).toBe(`1-${ahead.news.state.size}`);
  expect((await (await follow(reader, { lastEventId: "7-0" })).next()).news.isBehind).toBe(true);
});

test.each(["", "1", "0-1", "1-01", "1--1", "x"])("the place %j is refused as input", async (lastEventId) => {
  const { event, news } = await (await follow(reader, { lastEventId })).next();
  expect([event, (news as unknown as { data: object }).data]).toMatchObject([
    "serialized-error",
    { reason: "invalid_input", fields: [{ path: "lastEventId", rule: "place" }] },
  ]);
});

test("watching is one view of the log, kept before anything is told", async () => {
  const watcher = await api.person(["audit.read"]);
  const { next } = await follow(watcher, permits);
  await next();
  expect(await api.stored({ actorId: String(watcher.id) })).toMatchObject([
    { code: "audit_view_logs", status: "success", metadata: { filter: { codes: ["permit_create"] } } },
  ]);
});

test("where the view cannot be kept nothing is told", async () => {
  const watcher = await api.person(["audit.read"]);
  api.capacity.limits.maxWaitingEvents = -1;
  await api.capacity.measure();
  const { event, news } = await (await follow(watcher)).next();
  api.capacity.limits.maxWaitingEvents = 1e6;
  await api.capacity.measure();
  expect([event, news]).toMatchObject(["serialized-error", { data: { reason: "capacity", httpStatus: 503 } }]);
});

test.each([
  ["the session ends", "delete from sessions where user_id = $1", "unauthenticated"],
  ["the account is closed", "update users set status = 'inactive' where id = $1", "unauthenticated"],
  [
    "the session was idle for too long",
    "update sessions set last_seen_at = now() - interval '30 days' where user_id = $1",
    "unauthenticated",
  ],
  [
    "the right is taken away",
    "delete from role_features where role_id in (select role_id from user_roles where user_id = $1)",
    "forbidden",
  ],
])("watching ends when %s", async (_, statement, reason) => {
  const watcher = await api.person(["audit.read"]);
  const { next } = await follow(watcher);
  await next();
  await api.database.admin.sql.unsafe(statement, [watcher.id]);
  let told = await next();
  while (told.event === "message") told = await next();
  expect(told).toMatchObject({ event: "serialized-error", news: { data: { reason } } });
});

test("watching does not keep an idle session open", async () => {
  const watcher = await api.person(["audit.read"]);
  const seen = () => api.database.admin.sql`select last_seen_at from sessions where user_id = ${watcher.id}`;
  const { next } = await follow(watcher);
  await next();
  const [before] = await seen();
  await create("While watched");
  await seal();
  await next();
  expect((await seen())[0]).toEqual(before);
});

test("four views of one session are open at most; one that is closed gives its place back", async () => {
  const watcher = await api.person(["audit.read"]);
  const views = [];
  for (let n = 0; n < 4; n++) views.push(await follow(watcher));
  for (const view of views) await view.next();
  const fifth = await (await follow(watcher)).next();
  expect(fifth).toMatchObject({ event: "serialized-error", news: { data: { reason: "too_many_streams" } } });
  await open.at(-5)?.return(undefined);
  await expect.poll(() => api.services.live.followers()).toBe(3);
  expect((await (await follow(watcher)).next()).event).toBe("message");
});

test("a burst comes in pieces of at most 200, in the order of the tree", async () => {
  const { next } = await follow(reader, permits);
  await next();
  const { recorder, keeper } = api.services;
  const burst = Array.from({ length: 210 }, (_, n) =>
    recorder.seal({
      code: "permit_create",
      status: "success",
      actor: { type: "user", id: String(clerk.id), label: clerk.name, roles: [] },
      source: "app",
      object: { type: "permit", id: String(n), label: `P-${n}` },
    }),
  ).filter((event) => event !== null);
  await keeper.keepSealed(burst);
  await seal();
  const sizes: number[] = [];
  const told: string[] = [];
  while (told.length < burst.length) {
    const { entries } = (await next()).news;
    sizes.push(entries.length);
    told.push(...entries.map(({ id }) => id));
  }
  expect(told).toEqual(burst.map(({ id }) => id));
  expect(Math.max(...sizes)).toBe(200);
});
