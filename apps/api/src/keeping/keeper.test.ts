import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type TestApi } from "../testing.ts";

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

const draft = { code: "permit_export", status: "success", actor: { type: "platform" }, source: "app" } as const;
const claimed = () => {
  const event = api.services.recorder.seal(draft);
  if (event === null) throw new Error("permit_export is switched off");
  const { id, receivedAt, leafHash } = event;
  return { event, claim: { id, source: "test", contentHash: leafHash, receivedAt, answer: leafHash } };
};

test("an id that was used before does not cost the events that share its commit", async () => {
  const { keeper } = api.services;
  const { event, claim } = claimed();
  await keeper.keepOne(event, claim);
  const [again, alone, other] = await Promise.allSettled([
    keeper.keepOne(event, claim),
    keeper.keepAlone(draft),
    keeper.keepAlone(draft),
  ]);
  expect(again).toMatchObject({ status: "rejected", reason: { name: "AlreadyClaimed" } });
  expect([alone.status, other.status]).toEqual(["fulfilled", "fulfilled"]);
  expect(await api.stored({ codes: ["permit_export"] })).toHaveLength(3);
});

test("of a batch with one id that was used before nothing is kept", async () => {
  const { keeper } = api.services;
  const [first, second] = [claimed(), claimed()];
  await keeper.keepSealed([first.event], [first.claim]);
  const batch = keeper.keepSealed([second.event, first.event], [second.claim, first.claim]);
  await expect(batch).rejects.toMatchObject({ name: "AlreadyClaimed" });
  const ids = (await api.stored({ codes: ["permit_export"] })).map(({ id }) => id);
  expect(ids).toContain(first.event.id);
  expect(ids).not.toContain(second.event.id);
});

test("workers are told of an envelope once it is durable, never before", async () => {
  const { keeper } = api.services;
  const before = api.published.length;
  const keeping = keeper.keepAlone(draft);
  expect(api.published).toHaveLength(before);
  await keeping;
  expect(api.published).toHaveLength(before + 1);
  const rows = await api.database.admin.sql`select id from audit_outbox where id = ${api.published.at(-1) ?? ""}`;
  expect(rows).toHaveLength(1);
});
