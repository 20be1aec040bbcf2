import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let chief: Person;
beforeAll(async () => {
  api = await createTestApi();
  chief = await api.person(["events.read", "events.configure", "permits.create"], "Cleo Chief");
});
afterAll(() => api.close());

const activity = (days?: number) => chief.trpc.eventTypes.activity.query(days === undefined ? {} : { days });
const of = async (code: string, days?: number) => (await activity(days)).items.find((item) => item.code === code);
const createPermit = () => chief.trpc.permits.create.mutate({ type: "building", holderName: "Ada Lovelace" });

test("a type that was recorded today shows so on the last of its days", async () => {
  expect(await of("permit_create")).toBeUndefined();
  await createPermit();
  await createPermit();
  await api.stored();
  const { from, to } = await activity();
  expect((Date.parse(to) - Date.parse(from)) / 86_400_000).toBe(29);
  expect(await of("permit_create")).toEqual({
    code: "permit_create",
    lastDay: to,
    counts: [...new Array(29).fill(0), 2],
    suppressed: 0,
  });
  expect((await of("permit_create", 1))?.counts).toEqual([2]);
});

test("an act of a type that is off is counted as not kept", async () => {
  await chief.trpc.eventTypes.update.mutate({ code: "permit_create", enabled: false });
  expect((await createPermit()).outcome).toBe("suppressed");
  await api.stored();
  const item = await of("permit_create");
  expect(item?.suppressed).toBe(1);
  expect(item?.counts.at(-1)).toBe(2);
});

test("events of before the days asked for are told by their last day alone", async () => {
  await api.database.admin.sql`insert into event_day (day, code, severity, status, shard, count)
    values ('2020-02-29', 'role_delete', 'critical', 'success', 0, 4)`;
  const item = await of("role_delete", 7);
  expect(item).toEqual({ code: "role_delete", lastDay: "2020-02-29", counts: new Array(7).fill(0), suppressed: 0 });
});

test.each([0, 91, 1.5])("%s days are refused", async (days) => {
  expect(await refusalOf(activity(days))).toMatchObject({ reason: "invalid_input" });
});

test("whoever lacks events.read is refused, and that is recorded", async () => {
  const stranger = await api.person(["events.configure"]);
  expect(await refusalOf(stranger.trpc.eventTypes.activity.query({}))).toMatchObject({ reason: "forbidden" });
  expect(await api.stored({ actorId: String(stranger.id) })).toMatchObject([
    { code: "sys_access_denied", status: "denied", object: { id: "eventTypes.activity" } },
  ]);
});
