import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let ana: Person;
let ben: Person;
beforeAll(async () => {
  api = await createTestApi();
  ana = await api.person(["audit.read"], "Ana Ruiz");
  ben = await api.person(["audit.read"], "Ben Okoye");
});
afterAll(() => api.close());

const saved = async (who: Person, name: string, more: { query?: string; shared?: boolean } = {}) => {
  const { view } = await who.trpc.views.save.mutate({ name, query: "status=denied", ...more });
  if (view === null) throw new Error("nothing was saved");
  return view;
};
const list = async (who: Person) => (await who.trpc.views.list.query()).items;
const names = async (who: Person) => (await list(who)).map(({ name }) => name);
const lastEvent = async (who: Person) =>
  (await api.stored({ actorId: String(who.id), codes: ["sys_view_changed"] })).at(-1);

test("a view is kept as it was given, and its making is an event with all its fields", async () => {
  const query = "q=caf%C3%A9+%26+bar&status=denied,failed&range=30d&zone=utc";
  const view = await saved(ana, "Refusals", { query });
  expect(view).toMatchObject({
    name: "Refusals",
    query,
    shared: false,
    starred: false,
    isDefault: false,
    version: 1,
    owner: { id: ana.id, name: "Ana Ruiz" },
  });
  expect(await list(ana)).toEqual([view]);
  expect(await lastEvent(ana)).toMatchObject({
    status: "success",
    severity: "info",
    object: { type: "saved_view", id: String(view.id), label: "Refusals" },
    changes: {
      name: { old: null, new: "Refusals" },
      query: { old: null, new: query },
      shared: { old: null, new: false },
    },
  });
});

test("a view is given another name and question by its owner, each change an event, and no change is none", async () => {
  const view = await saved(ana, "Exports");
  const viewId = view.id;
  const renamed = await ana.trpc.views.rename.mutate({ viewId, version: 1, name: "Exports of this week" });
  expect(renamed).toMatchObject({ outcome: "done", view: { name: "Exports of this week", version: 2 } });
  const updated = await ana.trpc.views.update.mutate({ viewId, version: 2, query: "code=permit_export" });
  expect(updated.view).toMatchObject({ query: "code=permit_export", version: 3 });
  expect((await lastEvent(ana))?.changes).toEqual({ query: { old: "status=denied", new: "code=permit_export" } });
  const again = await ana.trpc.views.update.mutate({ viewId, version: 3, query: "code=permit_export" });
  expect(again).toMatchObject({ outcome: "no_change", receipt: null, view: { version: 3 } });
  const stale = await refusalOf(ana.trpc.views.update.mutate({ viewId, version: 2, query: "" }));
  expect(stale).toMatchObject({ httpStatus: 409, reason: "stale_version" });
  await ana.trpc.views.remove.mutate({ viewId, version: 3 });
  expect((await lastEvent(ana))?.changes).toMatchObject({ name: { old: "Exports of this week", new: null } });
  expect(await names(ana)).not.toContain("Exports of this week");
});

test("nobody sees the view of another unless it is shared; then everybody does, and only its owner changes it", async () => {
  const view = await saved(ana, "Mine alone");
  const viewId = view.id;
  expect(await names(ben)).not.toContain("Mine alone");
  for (const call of [
    () => ben.trpc.views.star.mutate({ viewId, starred: true }),
    () => ben.trpc.views.rename.mutate({ viewId, version: 1, name: "Ours" }),
    () => ben.trpc.views.remove.mutate({ viewId, version: 1 }),
  ]) {
    expect(await refusalOf(call())).toMatchObject({ httpStatus: 404, message: "There is no view with this id." });
  }
  await ana.trpc.views.share.mutate({ viewId, version: 1, shared: true });
  expect(await names(ben)).toContain("Mine alone");
  for (const call of [
    () => ben.trpc.views.rename.mutate({ viewId, version: 2, name: "Ours" }),
    () => ben.trpc.views.update.mutate({ viewId, version: 2, query: "" }),
    () => ben.trpc.views.share.mutate({ viewId, version: 2, shared: false }),
    () => ben.trpc.views.remove.mutate({ viewId, version: 2 }),
  ]) {
    expect(await refusalOf(call())).toMatchObject({ httpStatus: 403, reason: "not_owner" });
    expect(await lastEvent(ben)).toMatchObject({ status: "denied", object: { label: "Mine alone" } });
  }
});

test("stars and the default are each reader's own, and there is one default", async () => {
  const one = await saved(ana, "First", { shared: true });
  const two = await saved(ana, "Second", { shared: true });
  await ben.trpc.views.star.mutate({ viewId: one.id, starred: true });
  await ben.trpc.views.setDefault.mutate({ viewId: one.id, isDefault: true });
  await ben.trpc.views.setDefault.mutate({ viewId: two.id, isDefault: true });
  const marks = async (who: Person) =>
    (await list(who))
      .filter(({ id }) => id === one.id || id === two.id)
      .map(({ name, starred, isDefault }) => [name, starred, isDefault]);
  expect(await marks(ben)).toEqual([
    ["First", true, false],
    ["Second", false, true],
  ]);
  expect(await marks(ana)).toEqual([
    ["First", false, false],
    ["Second", false, false],
  ]);
  expect((await ben.trpc.views.setDefault.mutate({ viewId: two.id, isDefault: true })).outcome).toBe("no_change");
  await Promise.all([one, two].map(({ id }) => ben.trpc.views.setDefault.mutate({ viewId: id, isDefault: true })));
  expect((await list(ben)).filter(({ isDefault }) => isDefault)).toHaveLength(1);
  await ana.trpc.views.share.mutate({ viewId: one.id, version: 1, shared: false });
  await ana.trpc.views.share.mutate({ viewId: one.id, version: 2, shared: true });
  expect((await marks(ben))[0]).toEqual(["First", false, false]);
});

test("a name is taken whatever its case, by the same owner only", async () => {
  await saved(ana, "Straße");
  expect(await refusalOf(saved(ana, "STRASSE"))).toMatchObject({ httpStatus: 409, reason: "name_taken" });
  await saved(ben, "STRASSE");
  const other = await saved(ana, "Other");
  const rename = ana.trpc.views.rename.mutate({ viewId: other.id, version: 1, name: "strasse" });
  expect(await refusalOf(rename)).toMatchObject({ reason: "name_taken" });
});

test("a hundred views are enough, however they arrive", async () => {
  const keeper = await api.person(["audit.read"]);
  await api.database.admin.sql`
    insert into saved_views (owner_id, name, name_folded, query, created_at, updated_at)
    select ${keeper.id}, 'v' || n, 'v' || n, '', now(), now() from generate_series(1, 98) as n`;
  const results = await Promise.allSettled(["a", "b", "c", "d"].map((name) => saved(keeper, name)));
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "fulfilled", "rejected", "rejected"]);
  expect(await refusalOf(saved(keeper, "e"))).toMatchObject({ httpStatus: 409, reason: "too_many_views" });
});

test.each([
  ["a name that is too long", { name: "x".repeat(101) }, "name"],
  ["a blank name", { name: " " }, "name"],
  ["a question that is too long", { query: "x".repeat(4097) }, "query"],
])("%s is refused", async (_, change, path) => {
  const input = { name: "Good", query: "", ...change };
  expect(await refusalOf(ana.trpc.views.save.mutate(input))).toMatchObject({
    reason: "invalid_input",
    fields: [{ path }],
  });
});

test("the views of a user who is gone are gone", async () => {
  const leaver = await api.person(["audit.read"]);
  await saved(leaver, "Left behind", { shared: true });
  expect(await names(ana)).toContain("Left behind");
  await api.database.admin.sql`delete from users where id = ${leaver.id}`;
  expect(await names(ana)).not.toContain("Left behind");
});
