import { createReadKnown } from "@countersign/db/known-events";
import { inTransaction, type Transaction } from "@countersign/db/transaction";
import { verifyLog } from "@countersign/db/verification";
import { nodeCrypto } from "@countersign/service/crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AgedLog, openAgedLog } from "../testing/aged-log.ts";

const perMonth = 40;
let log: AgedLog;
beforeAll(async () => {
  log = await openAgedLog(perMonth);
  await log.verify();
  await log.hold({ kind: "object", type: "permit", id: "7" });
  await log.apply();
});
afterAll(() => log.end());

class Undo extends Error {}

/** Counts of what a whole walk finds after a superuser's edit, which is then undone; those that are nought are left out. */
const found = async (edit: (tx: Transaction) => Promise<unknown>): Promise<Record<string, number>> => {
  let counts: Record<string, number> = {};
  await inTransaction(log.database.admin, async (tx) => {
    await tx.sql`set local session_replication_role = replica`;
    await edit(tx);
    const verdict = await verifyLog(tx, {
      epoch: 1,
      crypto: nodeCrypto,
      trust: null,
      readAnchors: async () => [],
      unsealedFrom: null,
      readKnown: createReadKnown(nodeCrypto.sha256, async () => new Set()),
      onFinding: () => undefined,
      sleep: async () => undefined,
    });
    counts = Object.fromEntries(Object.entries(verdict.counts).filter(([code, count]) => count > 0 && code !== "OK"));
    throw new Undo();
  }).catch((error: unknown) => {
    if (!(error instanceof Undo)) throw error;
  });
  return counts;
};

const all = 2 * perMonth - 2;
const ofTheFirst = "where month = (select min(month) from retention_manifest)";

test("without an edit every removal is explained", async () => {
  expect(await found(async () => undefined)).toEqual({ OK_EXPIRED: all });
});

describe("a manifest explains nothing when", () => {
  test.each([
    ["its bitmap was changed", `update retention_manifest set bitmap = set_byte(bitmap, 0, 255) ${ofTheFirst}`],
    [
      "its bitmap was changed, with its hash",
      `update retention_manifest set bitmap = set_byte(bitmap, 0, 255), bitmap_sha256 = sha256(set_byte(bitmap, 0, 255)) ${ofTheFirst}`,
    ],
    ["its count was changed", `update retention_manifest set count = count - 1 ${ofTheFirst}`],
    ["its root was changed", `update retention_manifest set root = sha256(root) ${ofTheFirst}`],
    ["its range was moved", `update retention_manifest set first_index = first_index + 1 ${ofTheFirst}`],
    [
      "its leaf was changed",
      `update retention_manifest set leaf = replace(leaf, '"source":"worker"', '"source":"app"') ${ofTheFirst}`,
    ],
    [
      "it names another event",
      `update retention_manifest set event_id = (select min(id::text)::uuid from event_log) ${ofTheFirst}`,
    ],
    ["it was skipped", `update retention_manifest set state = 'skipped' ${ofTheFirst}`],
    ["it is gone", `delete from retention_manifest ${ofTheFirst}`],
  ])("%s", async (_what, statement) => {
    expect(await found((tx) => tx.sql.unsafe(statement))).toEqual({ OK_EXPIRED: all / 2, MISSING: all / 2 });
  });
});

test("a manifest that was made up, with an event that was never sealed, explains nothing", async () => {
  const forge = async (tx: Transaction) => {
    const [row] =
      await tx.sql`select id, (select first_index from ledger_batch where ids @> array[e.id]) as first from event_log e
      where policy = 'read' and code = 'permit_assign' order by id desc limit 1`;
    await tx.sql`delete from event_log where id = ${row?.id}`;
    await tx.sql`
      insert into retention_manifest select (json_populate_record(m, json_build_object('id', gen_random_uuid(), 'partition', 'x',
        'first_index', ${Number(row?.first)}::int, 'last_index', ${Number(row?.first)}::int + 49, 'bitmap', '\\xffffffffffffff'))).*
      from retention_manifest m limit 1`;
  };
  expect(await found(forge)).toEqual({ OK_EXPIRED: all, MISSING: 1 });
});

test("a row that nobody removed is missing, and one put under held without a hold is told", async () => {
  const newest = "(select max(id::text)::uuid from event_log where code = 'permit_assign' and policy = 'read')";
  expect(await found((tx) => tx.sql.unsafe(`delete from event_log where id = ${newest}`))).toEqual({
    OK_EXPIRED: all,
    MISSING: 1,
  });
  expect(await found((tx) => tx.sql.unsafe(`update event_log set policy = 'held' where id = ${newest}`))).toEqual({
    OK_EXPIRED: all,
    COLUMN_MISMATCH: 1,
  });
});

test("held rows are told when what holds them is gone", async () => {
  expect(await found((tx) => tx.sql.unsafe("delete from held_event"))).toEqual({ OK_EXPIRED: all, COLUMN_MISMATCH: 2 });
  const unplaced = (tx: Transaction) => tx.sql.unsafe("delete from event_log where code = 'sys_hold_placed'");
  expect(await found(unplaced)).toEqual({ OK_EXPIRED: all, COLUMN_MISMATCH: 2, MISSING: 1 });
});

test.each([
  ["is what was sealed explains it when the event itself is gone", "leaf", {}],
  ["was changed explains nothing", `replace(leaf, '"source":"worker"', '"source":"app"')`, { COLUMN_MISMATCH: 2 }],
  [
    "is of another event explains nothing",
    `(select leaf from event_log where code = 'sys_retention_run')`,
    { COLUMN_MISMATCH: 2 },
  ],
])("a copy in the hold that %s", async (_what, leaf, more) => {
  const counts = await found(async (tx) => {
    await tx.sql.unsafe(`update legal_hold h set event_id = e.id, leaf = e.copy
      from (select id, ${leaf} as copy from event_log where code = 'sys_hold_placed') as e`);
    await tx.sql.unsafe("delete from event_log where code = 'sys_hold_placed'");
  });
  expect(counts).toEqual({ OK_EXPIRED: all, MISSING: 1, ...more });
});

describe("the functions of retention refuse", () => {
  const { sql } = { sql: () => log.database.worker.sql };
  const refused = (statement: string) =>
    expect(sql().unsafe(statement)).rejects.toMatchObject({ code: expect.stringMatching(/CS412|42501|22023/) });

  test("a month without a manifest, one that is still kept, and a table that is no month", async () => {
    await refused("select detach_month('event_log_read_2020_01')");
    await refused("select drop_month('users')");
    await refused("select reattach_month('users', 'x')");
    const now = new Date().toISOString().slice(0, 7).replace("-", "_");
    expect((await sql().unsafe(`select drop_empty_month('event_log_read_${now}') as gone`))[0]?.gone).toBe(false);
    await refused(`insert into retention_manifest select (json_populate_record(m, '{"id":"${crypto.randomUUID()}","partition":"users","state":"detached","ended_at":null}')).* from retention_manifest m limit 1;
      select drop_month('users')`);
  });

  test("the api altogether, and a hold that does not stand", async () => {
    await expect(log.database.api.sql`select hold_events(1, '{}')`).rejects.toMatchObject({ code: "42501" });
    await refused("select hold_events(99, '{00000000-0000-7000-8000-000000000000}')");
  });

  test("whoever sets their setting without being them", async () => {
    await expect(
      inTransaction(log.database.worker, async (tx) => {
        await tx.sql`set local countersign.retaining = 'on'`;
        await tx.sql`update retention_manifest set state = 'signed'`;
      }),
    ).rejects.toMatchObject({ code: "42501" });
    await expect(
      inTransaction(log.database.admin, async (tx) => {
        await tx.sql`set local countersign.retaining = 'on'`;
        await tx.sql`delete from event_log`;
      }),
    ).rejects.toMatchObject({ code: "42501" });
  });
});
