import { createTestDatabase, type TestDatabase } from "@countersign/db/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSignInLimits, type SignInLimitsOptions } from "./sign-in-limits.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const setup = (options: Partial<SignInLimitsOptions> = {}) =>
  createSignInLimits({
    db: database.api,
    maxFailures: () => 5,
    perNetworkPerMinute: () => 100_000,
    perMinute: 100_000,
    ...options,
  });

const later = (by: string) =>
  database.admin.sql`update sign_in_failures set last_failed_at = last_failed_at - ${by}::interval`;

test("five failures in a row are free, then each wait is twice the one before", async () => {
  const limits = setup();
  for (let failure = 0; failure < 5; failure += 1)
    expect(await limits.ask("ann", "192.0.2.1")).toEqual({ allowed: true });
  for (const seconds of [2, 4, 8]) {
    expect(await limits.ask("ann", "192.0.2.2")).toEqual({ allowed: false, retryAfterS: seconds, limit: "account" });
    await later(`${seconds - 1} seconds`);
    expect(await limits.ask("ann", "192.0.2.2")).toMatchObject({ allowed: false, retryAfterS: 1 });
    await later("1 second");
    expect(await limits.ask("ann", "192.0.2.2")).toEqual({ allowed: true });
  }
  expect(await limits.ask("bob", "192.0.2.1")).toEqual({ allowed: true });
});

test("every spelling of a name is the same account, and a success starts anew", async () => {
  const limits = setup();
  for (const name of ["carl", "CARL", "ｃａｒｌ", " carl ", "Carl"]) {
    expect(await limits.ask(name, undefined)).toEqual({ allowed: true });
  }
  expect(await limits.ask("cArl", undefined)).toMatchObject({ allowed: false, limit: "account" });
  await limits.succeeded(database.api, "Carl");
  expect(await limits.ask("carl", undefined)).toEqual({ allowed: true });
});

test("a thousand guesses at once are looked at five times", async () => {
  const limits = setup();
  const verdicts = await Promise.all(
    Array.from({ length: 1000 }, (_, guess) => limits.ask("dora", `2001:db8:${guess}::1`)),
  );
  expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(5);
});

test("after a hundred failures one try a day is looked at, and nobody is locked out for good", async () => {
  const limits = setup();
  for (let failure = 0; failure < 100; failure += 1) {
    expect(await limits.ask("emil", undefined)).toEqual({ allowed: true });
    await later("15 minutes");
  }
  expect(await limits.ask("emil", undefined)).toMatchObject({ allowed: false });
  await later("23 hours 44 minutes");
  expect(await limits.ask("emil", undefined)).toMatchObject({ allowed: false, retryAfterS: expect.closeTo(60, -1) });
  await later("1 minute");
  expect(await limits.ask("emil", undefined)).toEqual({ allowed: true });
});

test("a name made up to have the same plain hash neither locks an account nor frees it", async () => {
  const limits = setup();
  // The first 24 bits of the SHA-256 of both are the same.
  const [victim, made] = ["admin", "mallory4754094"];
  for (let failure = 0; failure < 7; failure += 1) await limits.ask(made, undefined);
  for (let failure = 0; failure < 5; failure += 1) {
    expect(await limits.ask(victim, undefined)).toEqual({ allowed: true });
  }
  await limits.succeeded(database.api, made);
  expect(await limits.ask(victim, undefined)).toMatchObject({ allowed: false, limit: "account" });
});

test("the failures of an account outlive the process", async () => {
  for (let failure = 0; failure < 5; failure += 1) await setup().ask("fay", undefined);
  expect(await setup().ask("fay", undefined)).toMatchObject({ allowed: false, limit: "account" });
});

test("a network has its tries a minute whatever the names, a /64 as one; those are not taken from the rest", async () => {
  const limits = setup({ perNetworkPerMinute: () => 2, perMinute: 3 });
  expect(await limits.ask("g1", "2001:db8::1")).toEqual({ allowed: true });
  expect(await limits.ask("g2", "2001:db8::2")).toEqual({ allowed: true });
  for (let more = 0; more < 5; more += 1) {
    expect(await limits.ask("g3", "2001:db8::3")).toEqual({ allowed: false, retryAfterS: 60, limit: "network" });
  }
  expect(await limits.ask("g4", "192.0.2.1")).toEqual({ allowed: true });
  expect(await limits.ask("g5", "192.0.2.2")).toEqual({ allowed: false, retryAfterS: 60, limit: "all" });
});

test("what was typed cannot be found out from what is stored", async () => {
  await setup().ask("a-password-in-the-wrong-field", undefined);
  const rows = await database.admin.sql`select octet_length(name_hash) as bytes from sign_in_failures`;
  expect(new Set(rows.map(({ bytes }) => Number(bytes)))).toEqual(new Set([3]));
});
