import { type SettingKey, systemSettings } from "@countersign/db/system-settings";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let chief: Person;
beforeAll(async () => {
  api = await createTestApi();
  admin = api.database.admin.sql;
  chief = await api.person(["system.config", "retention.manage"], "Cleo Chief");
});
afterAll(() => api.close());

const change = (key: SettingKey, value: unknown, more: { version?: number; reason?: string } = {}) =>
  chief.trpc.settings.change.mutate({ key, value, ...more });
const settingOf = async (key: SettingKey) =>
  (await chief.trpc.settings.list.query({})).items.find((item) => item.key === key)!;
const eventsOf = (key: SettingKey) => api.stored({ objectType: "system_config", objectId: key });
const lastOf = async (key: SettingKey) => (await eventsOf(key)).at(-1);

test("the list tells of every setting what it is, what it can be and who changed it last", async () => {
  const { items } = await chief.trpc.settings.list.query({});
  expect(items.map(({ key }) => key)).toEqual(Object.keys(systemSettings));
  expect(await settingOf("session.idle_minutes")).toEqual({
    key: "session.idle_minutes",
    title: "Sign out when idle for",
    help: "Minutes.",
    value: 15,
    default: 15,
    schema: expect.objectContaining({ type: "integer", minimum: 5, maximum: 240 }),
    version: 0,
    updatedAt: null,
    updatedBy: null,
  });
});

test("a change is answered, recorded with old and new, and counts at once", async () => {
  const answer = await change("audit.default_days", 14, { version: 0, reason: "two weeks" });
  const updated = { version: 1, value: 14, updatedBy: { id: chief.id, name: "Cleo Chief" } };
  expect(answer).toMatchObject({ outcome: "done", receipt: { id: expect.any(String) }, setting: updated });
  expect(api.services.settings["audit.default_days"]).toBe(14);
  expect((await chief.trpc.system.settings.query()).defaultDays).toBe(14);
  expect(await settingOf("audit.default_days")).toEqual(answer.setting);
  expect(await eventsOf("audit.default_days")).toMatchObject([
    {
      code: "system_config_change",
      status: "success",
      severity: "critical",
      object: { type: "system_config", id: "audit.default_days", label: "“The log opens with”" },
      changes: { value: { old: 7, new: 14 } },
      notes: "two weeks",
      actor: { id: String(chief.id), label: "Cleo Chief" },
    },
  ]);
});

test("the same value again is no change and leaves no event and no version", async () => {
  await change("permit.default_valid_days", 30);
  expect(await change("permit.default_valid_days", 30)).toMatchObject({ outcome: "no_change", receipt: null });
  expect(await settingOf("permit.default_valid_days")).toMatchObject({ version: 1 });
  expect(await eventsOf("permit.default_valid_days")).toHaveLength(1);
});

test("of two who change the same version the second is told who was first", async () => {
  await change("backup.keep_days", 20, { version: 0 });
  const refusal = await refusalOf(change("backup.keep_days", 10, { version: 0 }));
  expect(refusal).toMatchObject({ httpStatus: 409, reason: "stale_version" });
  expect(refusal.message).toContain("Cleo Chief changed backup.keep_days meanwhile");
  expect(await settingOf("backup.keep_days")).toMatchObject({ value: 20, version: 1 });
  expect(await lastOf("backup.keep_days")).toMatchObject({
    status: "failed",
    errorMessage: expect.stringMatching(/meanwhile/),
    changes: null,
  });
});

test("of twenty who change one version at once one does", async () => {
  // Connections that have to be made first would let them come one after the other.
  await Promise.all(Array.from({ length: 20 }, () => api.services.db.sql`select pg_sleep(0.05)`));
  const tries = Array.from({ length: 20 }, (_, index) => change("export.keep_days", 100 + index, { version: 0 }));
  const outcomes = await Promise.allSettled(tries);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await settingOf("export.keep_days")).toMatchObject({ version: 1 });
});

test.each<[SettingKey, unknown, string]>([
  ["session.idle_minutes", 4, "value"],
  ["session.idle_minutes", 241, "value"],
  ["session.idle_minutes", "15", "value"],
  ["session.idle_minutes", 15.5, "value"],
  ["session.idle_minutes", null, "value"],
  ["session.idle_minutes", undefined, "value"],
  ["signin.password_min", 14, "value"],
  ["retention.decision", 29, "value"],
  ["retention.decision", 0, "value"],
  ["retention.decision", null, "value"],
  ["permit.types", [], "value"],
  ["permit.types", ["building", "building"], "value"],
  ["permit.types", [" building"], "value.0"],
  ["permit.types", ["build\u0000ing"], "value.0"],
  ["document.media_types", ["exe"], "value.0"],
  ["notification.quiet_hours", { from: "22:00" }, "value.to"],
  ["notification.quiet_hours", { from: "22:00", to: "06:00", on: true }, "value.on"],
  ["notification.recipients", [], "value"],
  ["notification.recipients", ["a@example.org, b@example.org"], "value.0"],
  ["notification.recipients", [999_999], "value"],
  ["report.recipients", [999_999], "value"],
  ["display.time_zone", "Mars/Olympus", "value"],
  ["display.time_zone", "+02:00", "value"],
  ["display.language", "tlh", "value"],
  ["protected_users", "1", "value"],
  ["protected_users", [1.5], "value.0"],
])("%s cannot be %j", async (key, value, path) => {
  const before = await settingOf(key);
  expect(await refusalOf(change(key, value))).toMatchObject({
    httpStatus: 422,
    fields: expect.arrayContaining([expect.objectContaining({ path })]),
  });
  expect(await settingOf(key)).toEqual(before);
  expect(await lastOf(key)).toMatchObject({
    status: "failed",
    errorMessage: expect.stringMatching(/is not valid|only active users/),
    metadata: { fields: [expect.objectContaining({ path })] },
    changes: null,
  });
});

test("a refused value stands nowhere, only the rule it broke", async () => {
  await refusalOf(change("display.time_zone", "Nowhere/Hidden-Value"));
  expect(JSON.stringify(await api.stored())).not.toContain("Hidden-Value");
});

test("an unknown setting is refused", async () => {
  expect(await refusalOf(change("display.colour" as SettingKey, "red"))).toMatchObject({
    httpStatus: 422,
    fields: [{ path: "key" }],
  });
});

test("lists say what came and went", async () => {
  const { value } = await settingOf("permit.types");
  const types = (value as string[]).filter((type) => type !== "demolition").concat("scaffolding");
  await change("permit.types", types);
  expect(await lastOf("permit.types")).toMatchObject({
    changes: { value: { old: value, new: types, added: ["scaffolding"], removed: ["demolition"] } },
  });
});

test("a retention period is kept with its policy and needs the right for retention, too", async () => {
  const clerk = await api.person(["system.config"], "Carl Config");
  expect(await refusalOf(clerk.trpc.settings.change.mutate({ key: "retention.read", value: 400 }))).toMatchObject({
    httpStatus: 403,
    reason: "forbidden",
    message: expect.stringContaining("retention.manage"),
  });
  expect(await lastOf("retention.read")).toMatchObject({
    status: "denied",
    errorMessage: expect.stringMatching(/retention\.manage/),
  });
  await change("retention.read", 400, { version: 0 });
  expect(await admin`select retain_days from retention_policy where policy = 'read'`).toEqual([{ retain_days: 400 }]);
  expect(await settingOf("retention.read")).toMatchObject({
    value: 400,
    version: 1,
    updatedBy: { name: "Cleo Chief" },
  });
  expect(api.services.settings["retention.read"]).toBe(400);
  expect(await lastOf("retention.read")).toMatchObject({ changes: { value: { old: 365, new: 400 } } });
});

test("settings are changed only by who has just given the password", async () => {
  api.clock.move(6 * 60_000);
  const refusal = await refusalOf(change("display.office", "Elsewhere"));
  api.clock.move(-6 * 60_000);
  expect(refusal).toMatchObject({ httpStatus: 403, reason: "reauthentication_required" });
  expect(await lastOf("display.office")).toMatchObject({
    status: "denied",
    errorMessage: expect.stringMatching(/password again/),
  });
  expect(api.services.settings["display.office"]).toBe("Permit office");
});

test("who may not change settings sees none and leaves a trace", async () => {
  const other = await api.person(["events.configure", "system.keys"], "Nora No");
  expect(await refusalOf(other.trpc.settings.list.query({}))).toMatchObject({ httpStatus: 403 });
  const trying = other.trpc.settings.change.mutate({ key: "display.office", value: "Mine" });
  expect(await refusalOf(trying)).toMatchObject({ httpStatus: 403, reason: "forbidden" });
  expect(await api.stored({ actorId: String(other.id) })).toMatchObject([
    { code: "sys_access_denied", status: "denied" },
    { code: "system_config_change", status: "denied", object: { id: "display.office" } },
  ]);
});

test("a change that cannot be kept is not made", async () => {
  await admin.unsafe(`create function no_outbox() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
    create trigger no_outbox before insert on audit_outbox for each row execute function no_outbox()`);
  expect(await refusalOf(change("display.office", "Unrecorded"))).toMatchObject({ httpStatus: 500 });
  await admin`drop trigger no_outbox on audit_outbox`;
  expect((await settingOf("display.office")).value).toBe("Permit office");
  expect(api.services.settings["display.office"]).toBe("Permit office");
});

test("the plain addresses do the same", async () => {
  const listed = await chief.get("/api/settings");
  expect(listed.status).toBe(200);
  const put = (key: string, body: object) =>
    chief.send(`/api/settings/${key}`, { method: "PUT", body: JSON.stringify(body) });
  const changed = await put("display.office", { value: "Office of Permits", version: 0 });
  expect([changed.status, await changed.json()]).toMatchObject([200, { outcome: "done", setting: { version: 1 } }]);
  expect((await put("display.office", { value: "x", version: 0 })).status).toBe(409);
  expect((await put("display.office", { value: 7 })).status).toBe(422);
  expect((await put("no.such.key", { value: 7 })).status).toBe(422);
  expect((await put("display.office", {})).status).toBe(422);
});
