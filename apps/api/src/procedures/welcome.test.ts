import type { Feature } from "@countersign/audit/features";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDemoOffice } from "../demo-office.ts";
import { createTestApi, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let asked: number;
let demo: ReturnType<typeof createDemoOffice>;
beforeEach(async () => {
  asked = 0;
  demo = createDemoOffice(() => (asked += 1));
  api = await createTestApi({ demo });
});
afterEach(() => api.close());

const first = (features: readonly Feature[] = ["system.config"]) => api.person(features, "Ada Administrator");
const kept = async () =>
  (await api.stored({ codes: ["sys_demo_loaded"] })).map(({ status, errorMessage }) => [status, errorMessage]);

test("a new office is one without permits and with one user, and knows which steps are done", async () => {
  const ada = await api.person(["system.config", "permits.create"], "Ada Administrator");
  expect(await ada.trpc.welcome.state.query()).toEqual({
    ...{ isNew: true, officeNamed: false, secondPerson: "none", demo: { kind: "offered" } },
  });
  await ada.trpc.settings.change.mutate({ key: "display.time_zone", value: "Europe/Madrid" });
  await ada.trpc.permits.create.mutate({ type: "event", holderName: "Ana" });
  expect(await ada.trpc.welcome.state.query()).toMatchObject({
    ...{ isNew: false, officeNamed: true, secondPerson: "none" },
  });
  const state = () => ada.trpc.welcome.state.query();
  await api.person(["approvals.decide"]);
  await api.person(["permits.read"]);
  expect(await state()).toMatchObject({ secondPerson: "none" });
  const second = await api.person(["approvals.decide"]);
  const mustChoose = (must: boolean) =>
    api.services.db.sql`update users set must_change_password = ${must} where id = ${second.id}`;
  await mustChoose(true);
  expect(await state()).toMatchObject({ secondPerson: "awaited" });
  await mustChoose(false);
  expect(await state()).toMatchObject({ secondPerson: "able" });
});

test("asking for the demo is recorded and starts it; its people are told once, to who asked", async () => {
  const ada = await first();
  expect(await ada.trpc.welcome.loadDemo.mutate({ understood: true })).toMatchObject({
    outcome: "done",
    receipt: { id: expect.any(String) },
  });
  expect(asked).toBe(1);
  expect(await kept()).toEqual([["success", null]]);
  demo.hear({ type: "demo-filled", usernames: ["a.rossi"], password: "office-1", permits: 3, events: 9 });
  expect(await (await api.person(["system.config"])).trpc.welcome.takeDemoPeople.mutate()).toEqual({ people: null });
  const people = { usernames: ["a.rossi"], password: "office-1" };
  expect(await ada.trpc.welcome.takeDemoPeople.mutate()).toEqual({ people });
  expect(await ada.trpc.welcome.takeDemoPeople.mutate()).toEqual({ people: null });
});

test("an office that has somebody of its own is never filled", async () => {
  const ada = await first();
  await api.person([]);
  const refusal = await refusalOf(ada.trpc.welcome.loadDemo.mutate({ understood: true }));
  expect(refusal).toMatchObject({ httpStatus: 409, reason: "office_not_empty" });
  expect(asked).toBe(0);
  expect(await kept()).toEqual([["failed", refusal.message]]);
});

test("it is filled once at a time", async () => {
  const ada = await first();
  await ada.trpc.welcome.loadDemo.mutate({ understood: true });
  expect(await refusalOf(ada.trpc.welcome.loadDemo.mutate({ understood: true }))).toMatchObject({
    reason: "demo_under_way",
  });
  expect(asked).toBe(1);
});

test("without the right nobody fills it, and that is recorded", async () => {
  const clerk = await first(["permits.read"]);
  expect(await refusalOf(clerk.trpc.welcome.loadDemo.mutate({ understood: true }))).toMatchObject({ httpStatus: 403 });
  expect(asked).toBe(0);
  expect(await kept()).toMatchObject([["denied", expect.stringContaining("system.config")]]);
});

test("where nothing can fill it there is no offer, and asking names the command", async () => {
  const without = await createTestApi();
  const ada = await without.person(["system.config"]);
  expect(await ada.trpc.welcome.state.query()).toMatchObject({ demo: null });
  expect(await refusalOf(ada.trpc.welcome.loadDemo.mutate({ understood: true }))).toMatchObject({
    reason: "demo_absent",
    message: expect.stringContaining("npm run demo"),
  });
  await without.close();
});
