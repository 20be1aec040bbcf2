import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "./client.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { committing, inTransaction, OutcomeUnknown } from "./transaction.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.admin.sql`create table things (run int, step int)`;
  await database.admin.sql`grant all on things to public`;
});
afterAll(() => database.drop());

const backendOf = async (tx: { sql: TestDatabase["api"]["sql"] }): Promise<number> =>
  Number((await tx.sql`select pg_backend_pid() as pid`)[0]?.pid);
/** Ends a backend and waits until it is gone. */
const end = async (pid: number): Promise<void> => {
  await database.admin.sql`select pg_terminate_backend(${pid}, 5000)`;
};
const rowsOf = (run: number) => database.admin.sql`select step from things where run = ${run} order by step`;

test("what a transaction wrote stands when it ends and is gone when it throws", async () => {
  await inTransaction(database.api, (tx) => tx.sql`insert into things values (1, 1)`);
  const failing = inTransaction(database.api, async (tx) => {
    await tx.sql`insert into things values (1, 2)`;
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await rowsOf(1)).toEqual([{ step: 1 }]);
});

test("a deferred statement commits with the rest, and its failure undoes the rest", async () => {
  await inTransaction(database.api, async (tx) => {
    await tx.sql`insert into things values (2, 1)`;
    tx.defer(tx.sql`insert into things values (2, 2)`);
  });
  expect(await rowsOf(2)).toEqual([{ step: 1 }, { step: 2 }]);
  const failing = inTransaction(database.api, async (tx) => {
    await tx.sql`insert into things values (2, 3)`;
    tx.defer(tx.sql`insert into things values (2, ${1}::int / 0)`);
  });
  await expect(failing).rejects.toMatchObject({ code: "22012" });
  expect(await rowsOf(2)).toEqual([{ step: 1 }, { step: 2 }]);
});

test("a part that may fail does not undo the rest, any other failed statement does", async () => {
  await inTransaction(database.api, async (tx) => {
    await tx.sql`insert into things values (3, 1)`;
    const part = tx.attempt(async (nested) => {
      await nested.sql`insert into things values (3, 2)`;
      await nested.sql`select ${1}::int / 0`;
    });
    await expect(part).rejects.toMatchObject({ code: "22012" });
    await tx.sql`insert into things values (3, 3)`;
  });
  expect(await rowsOf(3)).toEqual([{ step: 1 }, { step: 3 }]);
  const careless = inTransaction(database.api, async (tx) => {
    await tx.sql`insert into things values (3, 4)`;
    await tx.sql`select ${1}::int / 0`.catch(() => undefined);
  });
  await expect(careless).rejects.toMatchObject({ code: "22012" });
  expect(await rowsOf(3)).toHaveLength(2);
});

test("a backend killed within such a part leaves nothing behind either", async () => {
  for (let round = 0; round < 20; round++) {
    const killed = inTransaction(database.api, async (tx) => {
      await tx.sql`insert into things values (${2000 + round}, 1)`;
      await tx
        .attempt(async (nested) => {
          await end(await backendOf(nested));
          await nested.sql`insert into things values (${2000 + round}, 2)`;
        })
        .catch(() => undefined);
      await tx.sql`insert into things values (${2000 + round}, 3)`;
    });
    await expect(killed).rejects.toBeDefined();
  }
  expect(await database.admin.sql`select * from things where run between 2000 and 2100`).toEqual([]);
});

test("a backend killed between two statements leaves nothing behind, 100 times", async () => {
  for (let round = 0; round < 100; round++) {
    const run = 1000 + round;
    const killed = inTransaction(database.api, async (tx) => {
      const pid = await backendOf(tx);
      await tx.sql`insert into things values (${run}, 1)`;
      await database.admin.sql`select pg_terminate_backend(${pid})`;
      if (round % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      // Half of the callbacks swallow the first failure and go on, as careless code does.
      await tx.sql`insert into things values (${run}, 2)`.catch(() => undefined);
      await tx.sql`insert into things values (${run}, 3)`;
    });
    await expect(killed).rejects.toBeDefined();
  }
  expect(await database.admin.sql`select * from things where run between 1000 and 1999`).toEqual([]);
});

test("a dying transaction does not disturb the next one on the same connection", async () => {
  for (let round = 0; round < 30; round++) {
    const killed = inTransaction(database.api, async (tx) => {
      await end(await backendOf(tx));
      throw new Error("gave up");
    });
    const others = Array.from({ length: 20 }, (_, step) =>
      inTransaction(database.api, async (tx) => {
        await tx.sql`insert into things values (${5000 + round}, ${step})`;
        await tx.sql`select pg_sleep(0.005)`;
        await tx.sql`insert into things values (${5000 + round}, ${100 + step})`;
      }),
    );
    await expect(killed).rejects.toBeDefined();
    await Promise.all(others);
    expect(await rowsOf(5000 + round)).toHaveLength(40);
  }
});

test("the driver's own transaction leaves a statement behind: the fault this door closes is real", async () => {
  const one = connect(database.urls.api, { name: "test one", max: 1 });
  const careless = one.sql.begin(async (inner) => {
    const [row] = await inner`select pg_backend_pid() as pid`;
    await inner`insert into things values (9000, 1)`;
    await end(Number(row?.pid));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await one.sql`select 1`;
    await inner`insert into things values (9000, 2)`;
  });
  await expect(careless).rejects.toBeDefined();
  await expect.poll(() => rowsOf(9000)).toEqual([{ step: 2 }]);
  await one.end(1);
});

/** Holds every connection of the pool while `work` runs. */
const withoutConnections = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let held = 0;
  const holders = Array.from({ length: 10 }, () =>
    inTransaction(database.api, async (tx) => {
      await tx.sql`select 1`;
      held++;
      await gate;
    }),
  );
  await expect.poll(() => held).toBe(10);
  try {
    return await work();
  } finally {
    release();
    await Promise.all(holders);
  }
};

test.each([
  ["transaction", (run: number) => inTransaction(database.api, (tx) => tx.sql`insert into things values (${run}, 1)`)],
  ["statement", (run: number) => database.api.sql`insert into things values (${run}, 1)`],
  ["statement as text", (run: number) => database.api.sql.unsafe("insert into things values ($1, 1)", [run])],
])("a %s waits at most a second for a free connection and is not run later", async (_, insert) => {
  await withoutConnections(async () => {
    const started = Date.now();
    await expect(insert(4)).rejects.toMatchObject({ code: "53300" });
    expect(Date.now() - started).toBeLessThan(4000);
  });
  // All connections work again, and none runs what was given up.
  await Promise.all(Array.from({ length: 30 }, () => database.api.sql`select pg_sleep(0.01)`));
  expect(await rowsOf(4)).toEqual([]);
  await insert(6);
  expect(await rowsOf(6)).toEqual([{ step: 1 }]);
  await database.admin.sql`delete from things where run = 6`;
});

test("a statement that gets its connection within the second is run", async () => {
  const waiting = await withoutConnections(async () => {
    const insert = database.api.sql`insert into things values (7, 1)`.execute();
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { insert };
  });
  await waiting.insert;
  expect(await rowsOf(7)).toEqual([{ step: 1 }]);
});

test("what is to follow a commit happens after it, and not when it fails", async () => {
  const seen: string[] = [];
  await inTransaction(database.api, async (tx) => {
    tx.afterCommit(() => seen.push("committed"));
    tx.afterCommit(async () => {
      await sleep(20);
      seen.push("waited for");
    });
    await tx.sql`insert into things values (3, 1)`;
    seen.push("inserted");
  });
  expect(seen).toEqual(["inserted", "committed", "waited for"]);
  const failing = inTransaction(database.api, async (tx) => {
    tx.afterCommit(() => seen.push("not this"));
    tx.defer(tx.sql`insert into things values (3, ${1}::int / 0)`);
  });
  await expect(failing).rejects.toMatchObject({ code: "22012" });
  expect(seen).toHaveLength(3);
});

test("a lone statement whose connection dies may have been done, and the caller is told so", async () => {
  const ending = database.api.sql`insert into things select 7000, 1 from pg_terminate_backend(pg_backend_pid())`;
  await expect(committing(ending)).rejects.toBeInstanceOf(OutcomeUnknown);
  const away = connect("postgres://nobody@127.0.0.1:1/none", { name: "test away" });
  await expect(committing(away.sql`select 1`)).rejects.not.toBeInstanceOf(OutcomeUnknown);
  await expect(committing(database.api.sql`select 1 / 0`)).rejects.toMatchObject({ code: "22012" });
  await away.end(0);
});
