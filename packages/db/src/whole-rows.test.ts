import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "./client.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const numbers = "select n from generate_series(1, 3) n";
const whole = [{ n: 1 }, { n: 2 }, { n: 3 }];
/** Rows as wide as the server's buffer, so that some have arrived when the twentieth ends the statement. */
const failingWith = (fault: string) =>
  `select repeat('x', 9000), case n when 20 then ${fault} end from generate_series(1, 40) n`;

test.each([
  ["an error", "1 / (n - 20)"],
  ["a lost connection", "pg_terminate_backend(pg_backend_pid())::int"],
])("after %s in the middle of an answer the next answer is whole", async (_, fault) => {
  const { sql, end } = connect(database.urls.api, { name: "test rows", max: 1 });
  const fail = () => expect(sql.unsafe(failingWith(fault))).rejects.toBeDefined();
  // The driver may give the last error of a dead connection to the next statement.
  const again = <Answer>(ask: () => Promise<Answer>) => ask().catch(ask);
  for (let round = 0; round < 5; round++) {
    await fail();
    const answer = await again(() => sql.unsafe(numbers));
    expect([[...answer], answer.length]).toEqual([whole, 3]);
    await fail();
    const batches = await again(async () => {
      const found = [];
      for await (const batch of sql.unsafe(numbers).cursor(2)) found.push([...batch]);
      return found;
    });
    expect(batches).toEqual([whole.slice(0, 2), whole.slice(2)]);
  }
  await end(1);
});
