import { DrizzleQueryError } from "drizzle-orm/errors";
import { afterAll, beforeAll, expect, test } from "vitest";
import { failureCode, isConnectionFailure, isMissingPartition, isPoison, isRetryable, isUnsent } from "./failures.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const coded = (code: string) => Object.assign(new Error(code), { code });

test.each([
  ["the connection broke", ["08006", "CONNECTION_CLOSED", "ECONNRESET", "EPIPE"], "connection"],
  ["the server goes, is gone or comes", ["57P01", "57P02", "57P03", "ECONNREFUSED", "CONNECT_TIMEOUT"], "connection"],
  ["the session was idle too long", ["25P03", "57P05"], "connection"],
  ["it is full or busy", ["53100", "53200", "53300", "55P03", "57014"], "retry"],
  ["it chose us as the victim", ["40001", "40P01"], "retry"],
  ["the value is bad", ["22001", "22021", "22P02", "22P05"], "poison"],
  ["a rule is broken", ["23502", "23505", "23514"], "poison"],
  ["it is over a limit", ["54001", "54000"], "poison"],
  ["we are wrong ourselves", ["42501", "42703", "25P02", ""], "neither"],
])("%s: %j is %s", (_, codes, kind) => {
  for (const code of codes) {
    const error = coded(code);
    const found = { connection: isConnectionFailure(error), retry: isRetryable(error), poison: isPoison(error) };
    const wanted = {
      connection: kind === "connection",
      retry: /connection|retry/.test(kind),
      poison: kind === "poison",
    };
    expect({ code, ...found }).toEqual({ code, ...wanted });
  }
});

test("only without a connection is it sure that nothing was sent", () => {
  expect(["ECONNREFUSED", "CONNECT_TIMEOUT", "57P03"].map((code) => isUnsent(coded(code)))).toEqual([true, true, true]);
  expect(["CONNECTION_CLOSED", "ECONNRESET", "57P01"].map((code) => isUnsent(coded(code)))).not.toContain(true);
});

test("an error is known through the ORM's wrapping of it", () => {
  const wrapped = new DrizzleQueryError("select 1", [], coded("40P01"));
  expect(failureCode(wrapped)).toBe("40P01");
  expect(isRetryable(wrapped)).toBe(true);
});

test("a missing partition is told from a broken rule, which has the same code", async () => {
  const { sql } = database.admin;
  const claim = sql`insert into event_claim (id, source, content_hash, received_at, answer)
    values (uuid7_floor('2001-01-01'), 'x', '', now(), '')`;
  const missing = await claim.catch((error: unknown) => error);
  expect([failureCode(missing), isMissingPartition(missing), isPoison(missing)]).toEqual(["23514", true, false]);
  await sql`create temp table ruled (n int constraint small check (n < 3))`;
  const broken = await sql`insert into ruled values (5)`.catch((error: unknown) => error);
  expect([failureCode(broken), isMissingPartition(broken), isPoison(broken)]).toEqual(["23514", false, true]);
});
