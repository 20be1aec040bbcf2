import { dayIn } from "@countersign/audit/calendar";
import type { SettingKey } from "@countersign/db/system-settings";
import { afterAll, beforeAll, expect, test } from "vitest";
import { samplePng } from "../documents/testing/sample-files.ts";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

const minuteMs = 60_000;

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let chief: Person;
beforeAll(async () => {
  api = await createTestApi();
  admin = api.database.admin.sql;
  chief = await api.person(
    ["system.config", "permits.create", "permits.read", "permits.approve", "permits.renew", "documents.upload"],
    "Cleo Chief",
  );
});
afterAll(() => api.close());

/** As an administrator would, with nothing restarted or told. */
const set = (key: SettingKey, value: unknown) => chief.trpc.settings.change.mutate({ key, value });
const dayFrom = (days: number) => dayIn("UTC", api.clock.now() + days * 86_400_000);
const permit = async (fields: object = {}) =>
  (await chief.trpc.permits.create.mutate({ type: "building", holderName: "Ada", ...fields })).permit;
const signIn = (username: string, ip: string) =>
  refusalOf(api.caller({ ip }).trpc.auth.signIn.mutate({ username, password: "wrong password" }));

test("a session that is idle for longer than is allowed now is over", async () => {
  const person = await api.person([]);
  await admin`update sessions set last_seen_at = now() - interval '10 minutes' where user_id = ${person.id}`;
  expect((await person.get("/api/auth/me")).status).toBe(200);
  await admin`update sessions set last_seen_at = now() - interval '10 minutes' where user_id = ${person.id}`;
  await set("session.idle_minutes", 5);
  expect((await person.get("/api/auth/me")).status).toBe(401);
  await set("session.idle_minutes", 15);
});

test("a session that begins now lasts as long as is set now", async () => {
  const hoursOf = async (person: Person) =>
    (Date.parse((await person.trpc.auth.me.query()).session.expiresAt) - Date.now()) / 3_600_000;
  await set("session.idle_minutes", 240);
  await set("session.absolute_hours", 2);
  expect(await hoursOf(await api.person([]))).toBeCloseTo(2, 1);
  await set("session.absolute_hours", 1);
  expect(await hoursOf(await api.person([]))).toBeCloseTo(1, 1);
  await set("session.idle_minutes", 15);
});

test("how long a password counts as just given follows the setting", async () => {
  await set("session.reauth_minutes", 1);
  api.clock.move(2 * minuteMs);
  const refusal = await refusalOf(set("session.reauth_minutes", 60));
  api.clock.move(-2 * minuteMs);
  expect(refusal).toMatchObject({ reason: "reauthentication_required" });
  await set("session.reauth_minutes", 10);
  api.clock.move(9 * minuteMs);
  await set("display.office", "Office of Permits");
  api.clock.move(-9 * minuteMs);
});

test("failed sign-ins make the next one wait after as many as are free now", async () => {
  expect(await signIn("patient", "198.51.100.1")).toMatchObject({ httpStatus: 401 });
  expect(await signIn("patient", "198.51.100.1")).toMatchObject({ httpStatus: 401 });
  await set("signin.max_failures", 1);
  expect(await signIn("hasty", "198.51.100.2")).toMatchObject({ httpStatus: 401 });
  expect(await signIn("hasty", "198.51.100.2")).toMatchObject({ httpStatus: 429 });
});

test("a network may try as often a minute as is set now", async () => {
  await set("signin.per_minute_per_network", 1);
  expect(await signIn("first", "203.0.113.1")).toMatchObject({ httpStatus: 401 });
  expect(await signIn("second", "203.0.113.1")).toMatchObject({ httpStatus: 429 });
  await set("signin.per_minute_per_network", 20);
  expect(await signIn("third", "203.0.113.1")).toMatchObject({ httpStatus: 401 });
});

test("a type of permit counts as soon as it is listed, and is retired when it is not", async () => {
  const types = (await chief.trpc.system.settings.query()).permitTypes;
  expect(await refusalOf(permit({ type: "balloon" }))).toMatchObject({ fields: [{ rule: "unknown_type" }] });
  await set("permit.types", [...types, "balloon"]);
  const kept = await permit({ type: "balloon" });
  await set("permit.types", types);
  expect(await refusalOf(permit({ type: "balloon" }))).toMatchObject({ fields: [{ rule: "unknown_type" }] });
  expect((await chief.trpc.permits.read.query({ permitId: kept.id })).permit.type).toBe("balloon");
});

test("the days of grace are those of now", async () => {
  const { id } = await permit({ validFrom: dayFrom(-200), validTo: dayFrom(-100) });
  await admin`update permits set status = 'expired' where id = ${id}`;
  const renew = () => chief.trpc.permits.renew.mutate({ permitId: id, validTo: dayFrom(30) });
  expect(await refusalOf(renew())).toMatchObject({ reason: "grace_over" });
  await set("permit.renew_grace_days", 120);
  expect(await renew()).toMatchObject({ permit: { status: "active" } });
});

test("permits end at the midnight of the time zone that is set now", async () => {
  const yesterdayThere = dayIn("Etc/GMT+12", api.clock.now());
  const { id } = await permit({ validFrom: yesterdayThere, validTo: yesterdayThere });
  const approve = () => chief.trpc.permits.approve.mutate({ permitId: id });
  await set("display.time_zone", "Pacific/Kiritimati");
  expect(await refusalOf(approve())).toMatchObject({ reason: "already_over" });
  await set("display.time_zone", "Etc/GMT+12");
  expect(await approve()).toMatchObject({ permit: { status: "active" } });
  await set("display.time_zone", "UTC");
});

test("forms are told what is set now", async () => {
  await set("permit.default_valid_days", 30);
  await set("document.max_mb", 3);
  await set("document.media_types", ["pdf"]);
  expect(await chief.trpc.system.settings.query()).toMatchObject({
    defaultValidDays: 30,
    documentMaxMb: 3,
    documentMediaTypes: ["pdf"],
  });
});

test("documents are taken by the kinds and sizes that are set now", async () => {
  const { id } = await permit();
  const upload = async (size: number) =>
    (
      await chief.send(`/api/permits/${id}/documents?name=plan.png&kind=plan`, {
        method: "POST",
        headers: { "content-type": "image/png" },
        body: samplePng(8, size === 0 ? [] : [["teXt", new Uint8Array(size)]]),
      })
    ).status;
  await set("document.media_types", ["pdf"]);
  expect(await upload(0)).toBe(415);
  await set("document.media_types", ["pdf", "png"]);
  expect(await upload(0)).toBe(200);
  await set("document.max_mb", 1);
  expect(await upload(1_100_000)).toBe(413);
  await set("document.max_mb", 2);
  expect(await upload(1_100_000)).toBe(200);
});

test("repeated reads are counted for as long as is set now", async () => {
  const { id } = await permit();
  const read = async (times: number) => {
    for (let time = 0; time < times; time++) await chief.trpc.permits.read.query({ permitId: id });
    return (await api.stored({ codes: ["permit_read"], objectId: String(id) })).length;
  };
  await set("audit.collapse_seconds", 0);
  expect(await read(3)).toBe(3);
  await set("audit.collapse_seconds", 60);
  expect(await read(3)).toBe(4);
});

test("another process has a change within a second", async () => {
  const { watchSettings } = await import("@countersign/db/system-config");
  const elsewhere = await watchSettings(api.database.worker, () => undefined);
  await set("backup.at", "04:15");
  await expect.poll(() => elsewhere.current()["backup.at"], { timeout: 1500 }).toBe("04:15");
  elsewhere.stop();
});
