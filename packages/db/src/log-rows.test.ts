import { afterAll, beforeAll, expect, test } from "vitest";
import { readRecord } from "./log-rows.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("a record is read as PostgreSQL writes it, whatever stands in it", async () => {
  const pieces = ["", "a", '"', "\\", ",", "(", ")", " ", "\n", "é😀", '""', "\\\\", "null", "\\n", '","', null];
  const read = async (...values: (string | null)[]) => {
    const [row] = await database.admin.sql.unsafe("select row($1::text, $2::text, $3::text)::text as record", values);
    return readRecord(String(row?.record));
  };
  for (const [place, left] of pieces.entries()) {
    const [middle = "", right = ""] = [pieces[(place + 5) % pieces.length], pieces[(place * 7) % pieces.length]];
    expect(await read(left, middle, right)).toEqual([left, middle, right]);
    const long = `${left}x${middle}`;
    expect(await read(right, long, left)).toEqual([right, long, left]);
  }
  expect(await read(null, null, null)).toEqual([null, null, null]);
});
