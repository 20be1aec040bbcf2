import type { SettingKey } from "@countersign/db/system-settings";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let chief: Person;
beforeAll(async () => {
  api = await createTestApi();
  admin = api.database.admin.sql;
  chief = await api.person(["system.config"], "Cleo Chief");
});
afterAll(() => api.close());

const change = (key: SettingKey, value: unknown) => chief.trpc.settings.change.mutate({ key, value });
const settingOf = async (key: SettingKey) =>
  (await chief.trpc.settings.list.query({})).items.find((item) => item.key === key)!;
const lastOf = async (key: SettingKey) => (await api.stored({ objectType: "system_config", objectId: key })).at(-1);

/** An active administrator, as the role that is shipped makes one. */
const administrator = async (name: string): Promise<Person> => {
  const person = await api.person([], name);
  await admin`insert into roles (name, name_folded, shipped) values ('Administrator', 'administrator', 'administrator')
    on conflict do nothing`;
  await admin`insert into user_roles select ${person.id}, id from roles where shipped = 'administrator'`;
  return person;
};

test("only active administrators can be protected, never nobody, and each try is recorded as denied", async () => {
  const ada = await administrator("Ada Administrator");
  const gone = await administrator("Gil Gone");
  await admin`update users set status = 'inactive' where id = ${gone.id}`;
  for (const value of [[], [chief.id], [ada.id, gone.id], [999_999]]) {
    expect(await refusalOf(change("protected_users", value))).toMatchObject({ httpStatus: 403, reason: "protected" });
    expect(await lastOf("protected_users")).toMatchObject({
      status: "denied",
      errorMessage: expect.stringMatching(/can be protected/),
    });
  }
  await change("protected_users", [ada.id]);
  expect(await lastOf("protected_users")).toMatchObject({
    status: "success",
    changes: { value: { old: [], new: [{ id: String(ada.id), label: "Ada Administrator" }] } },
  });
  expect(await admin`select is_protected_user(${ada.id}) as yes`).toEqual([{ yes: true }]);
});

test("what raw SQL tries with the protected is refused by the database itself", async () => {
  const write = (value: string) =>
    api.services.db.sql`update system_config set value = ${value} where key = 'protected_users'`;
  for (const value of ["[]", "[999999]", `[${chief.id}]`, '"nobody"']) {
    await expect(write(value)).rejects.toMatchObject({ code: "CS403" });
  }
  await expect(admin`delete from system_config where key = 'protected_users'`).rejects.toMatchObject({ code: "CS403" });
});

test("nobody is protected who is switched off at that moment", async () => {
  const bea = await administrator("Bea Brief");
  let free: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    free = resolve;
  });
  const leaving = admin.begin(async (sql) => {
    await sql`update users set status = 'inactive' where id = ${bea.id}`;
    await held;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const { value } = await settingOf("protected_users");
  const protecting = refusalOf(change("protected_users", [...(value as number[]), bea.id]));
  await new Promise((resolve) => setTimeout(resolve, 200));
  free();
  await leaving;
  expect(await protecting).toMatchObject({ reason: "protected" });
});

test("recipients are active users or single addresses, told of by name", async () => {
  const rita = await api.person([], "Rita Reads");
  const off = await api.person([], "Otto Off");
  await admin`update users set status = 'inactive' where id = ${off.id}`;
  expect(await refusalOf(change("report.recipients", [rita.id, off.id]))).toMatchObject({
    fields: [{ path: "value", rule: "not_an_active_user" }],
  });
  await change("report.recipients", [rita.id, "office@example.org"]);
  expect(await lastOf("report.recipients")).toMatchObject({
    changes: { value: { new: [{ id: String(rita.id), label: "Rita Reads" }, "office@example.org"] } },
  });
});
