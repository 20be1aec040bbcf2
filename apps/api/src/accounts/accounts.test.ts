import { defaultSettings } from "@countersign/db/system-settings";
import { createTestDatabase, type TestDatabase } from "@countersign/db/testing";
import { hash } from "@node-rs/argon2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Accounts, createAccounts } from "./accounts.ts";
import { foldName } from "./names.ts";

const password = "lantern under seven bridges";
let database: TestDatabase;
let accounts: Accounts;
beforeAll(async () => {
  database = await createTestDatabase();
  accounts = await createAccounts({ db: database.api, https: false, settings: () => defaultSettings, now: Date.now });
  const add = async (name: string, status: string, passwordHash: string | null) =>
    database.admin.sql`insert into users (username, username_folded, name, status, password_hash)
      values (${name}, ${foldName(name)}, ${name}, ${status}, ${passwordHash})`;
  await add("Ann", "active", await hash(password, { memoryCost: 8192 }));
  await add("Ivo", "inactive", await accounts.passwords.hash(password));
  await add("Pia", "active", null);
});
afterAll(() => database.drop());

const hashOf = async (name: string) =>
  (await database.admin.sql`select password_hash as hash from users where username = ${name}`)[0]?.hash as string;

test("the right password signs in under any spelling of the name, and an old hash is renewed", async () => {
  expect(await accounts.checkSignIn("ＡNN", password, "192.0.2.1")).toMatchObject({
    outcome: "right",
    user: { username: "Ann" },
  });
  expect(await hashOf("Ann")).toContain("m=19456,t=2,p=1");
  expect(await accounts.checkSignIn("ann", password, "192.0.2.1")).toMatchObject({ outcome: "right" });
});

test("wrong, inactive, without a password and unknown all look the same but for whose name it was", async () => {
  const outcomes = await Promise.all([
    accounts.checkSignIn("ann", "wrong wrong wrong wrong", "192.0.2.2"),
    accounts.checkSignIn("ivo", password, "192.0.2.2"),
    accounts.checkSignIn("pia", password, "192.0.2.2"),
    accounts.checkSignIn("nobody", password, "192.0.2.2"),
  ]);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(["wrong", "wrong", "wrong", "wrong"]);
  expect(outcomes.map((checked) => "user" in checked && checked.user?.username)).toEqual([
    "Ann",
    "Ivo",
    "Pia",
    undefined,
  ]);
});

test("the sixth wrong password in a row has to wait, also at an unknown name; a success before sets it back", async () => {
  const wrong = "wrong wrong wrong wrong";
  for (let failure = 0; failure < 3; failure += 1) await accounts.checkSignIn("ann", wrong, `2001:db8:3:${failure}::1`);
  expect(await accounts.checkSignIn("ann", password, "192.0.2.3")).toMatchObject({ outcome: "right" });
  for (const name of ["ann", "stranger"]) {
    for (let failure = 0; failure < 5; failure += 1) {
      expect(await accounts.checkSignIn(name, "wrong wrong wrong wrong", `2001:db8:1:${failure}::1`)).toMatchObject({
        outcome: "wrong",
      });
    }
    expect(await accounts.checkSignIn(name, password, "192.0.2.4")).toEqual({
      outcome: "limited",
      retryAfterS: 2,
      limit: "account",
    });
  }
});

test("a flood of sign-ins is refused instead of queued without end", async () => {
  const flood = await Promise.all(
    Array.from({ length: 60 }, (_, caller) =>
      accounts.checkSignIn(`flood${caller}`, password, `2001:db8:2:${caller}::1`),
    ),
  );
  const outcomes = flood.map(({ outcome }) => outcome);
  expect(outcomes).toContain("busy");
  expect(outcomes.filter((outcome) => outcome === "wrong").length).toBeGreaterThanOrEqual(32);
});
