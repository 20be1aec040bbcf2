import { mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCheckpoint } from "@countersign/audit/ledger/checkpoint";
import { rootOf } from "@countersign/audit/ledger/merkle";
import { verifyInclusion } from "@countersign/audit/ledger/verify-merkle";
import { parseVkey } from "@countersign/audit/ledger/vkey";
import { testRecorder } from "@countersign/audit/testing/recorder";
import { syncEventTypes } from "@countersign/db/event-types";
import { openLogTree } from "@countersign/db/log-tree";
import { keepEnvelope } from "@countersign/db/outbox";
import { recoverLog } from "@countersign/db/recover";
import { findPosition, listLedgerKeys, nameLog } from "@countersign/db/sealing";
import { storeAllWaiting } from "@countersign/db/store";
import { createTestDatabase, type TestDatabase } from "@countersign/db/testing";
import { nodeCrypto } from "@countersign/service/crypto";
import { createKeyFile } from "@countersign/service/key-file";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Deps } from "../deps.ts";
import { sealLog } from "./seal-log.ts";

let database: TestDatabase;
let folder: string;
let time: number;
let logged: unknown[][];
beforeEach(async () => {
  database = await createTestDatabase();
  await syncEventTypes(database.admin, false, async () => undefined);
  await nameLog(database.admin, "office.example/log");
  folder = await mkdtemp(join(tmpdir(), "countersign-ledger-"));
  time = Date.now();
  logged = [];
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});

const { recorder, nextId } = testRecorder("read");
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const nothing = new AbortController().signal;
const deps = (): Deps => ({
  db: database.worker,
  recorder,
  now: () => time,
  nextId,
  publish: () => undefined,
  log: { error: (...line: unknown[]) => logged.push(line), warn: () => undefined, info: () => undefined } as never,
  crashPoint: () => undefined,
});
const options = (name = "ledger") => ({
  keyFile: join(folder, name, "log-key.pem"),
  anchorFile: join(folder, name, "anchor"),
});
const keep = async (count: number): Promise<string[]> => {
  const events = Array.from({ length: count }, (_, index) => {
    const event = recorder.seal({
      code: "permit_read",
      status: "success",
      actor: { type: "user", id: "7" },
      source: "app",
      object: { type: "permit", id: String(index) },
    });
    if (event === null) throw new Error("not sealed");
    return event;
  });
  for (let first = 0; first < count; first += 500) {
    await keepEnvelope(database.api, nextId(), events.slice(first, first + 500));
  }
  return events.map(({ id }) => id);
};
const store = () => storeAllWaiting(database.worker);
const batches = () =>
  database.admin.sql<{ first: number; count: number; hashes: Uint8Array }[]>`
    select first_index::int as first, count, hashes from ledger_batch order by first_index`;
const checkpoints = async () =>
  (await database.admin.sql`select note from ledger_checkpoint order by size`).map(({ note }) => {
    const read = readCheckpoint(String(note));
    if (!read.ok) throw new Error("a checkpoint cannot be read");
    return read.value.checkpoint;
  });
const leavesOf = async () =>
  (await batches()).flatMap(({ hashes, count }) =>
    Array.from({ length: count }, (_, place) => hashes.subarray(place * 32, place * 32 + 32)),
  );
const codes = async () => (await database.admin.sql`select code from event_log order by id`).map(({ code }) => code);

test("what is stored gets gap-free positions and a signed root, and each event can be proven in it", async () => {
  const run = await sealLog(deps(), options());
  const ids = await keep(700);
  await store();
  await run(nothing);
  const leaves = await leavesOf();
  expect(leaves).toHaveLength(700);
  const [checkpoint] = await checkpoints();
  expect(checkpoint).toMatchObject({ origin: "office.example/log", size: 700 });
  expect(hex(checkpoint!.root)).toBe(hex(rootOf(leaves, nodeCrypto.sha256)));
  expect(await readFile(options().anchorFile, "utf8")).toContain("office.example/log\n700\n");
  expect(await database.admin.sql`select from ledger_pending`).toHaveLength(0);
  expect(await database.admin.sql`select level, index::int from ledger_tile order by 1, 2`).toEqual([
    { level: 0, index: 0 },
    { level: 0, index: 1 },
  ]);
  const tree = openLogTree(database.api, 1, nodeCrypto.sha256);
  for (const id of [ids[0], ids[255], ids[256], ids[699]]) {
    const found = await findPosition(database.api, String(id), new Date().toISOString());
    const claim = { index: found!.index, size: 700, leafHash: found!.hash, root: checkpoint!.root };
    const proof = await tree.inclusion(found!.index, 700);
    expect(verifyInclusion({ ...claim, proof }, nodeCrypto.sha256)).toBe("ok");
  }
});

test("a backlog is signed while it is sealed", async () => {
  const crashPoint: Deps["crashPoint"] = (point) => {
    // A batch takes longer than a signature may wait.
    if (point === "after_seal") time += 1001;
  };
  const run = await sealLog({ ...deps(), crashPoint }, options());
  await keep(11_000);
  await store();
  await run(nothing);
  expect((await checkpoints()).map(({ size }) => size)).toEqual([10_000]);
  await run(nothing);
  expect((await checkpoints()).map(({ size }) => size)).toEqual([10_000, 11_000]);
});

test("tiles are written whether or not anything can be signed", async () => {
  const run = await sealLog(deps(), options());
  await rm(options().keyFile);
  await keep(600);
  await store();
  await run(nothing);
  expect(await checkpoints()).toEqual([]);
  expect(await database.admin.sql`select from ledger_tile`).toHaveLength(2);
});

test("a log begins with a key that only its owner can read, and its public half stands in the database", async () => {
  await sealLog(deps(), options());
  expect((await stat(options().keyFile)).mode & 0o777).toBe(0o600);
  const [key] = await listLedgerKeys(database.api);
  expect(parseVkey(String(key?.vkey), nodeCrypto.sha256)).toMatchObject({ name: "office.example/log" });
  await sealLog(deps(), options());
  expect(await listLedgerKeys(database.api)).toHaveLength(1);
});

test("two sealers at once make one history without gaps, and every checkpoint extends the one before", async () => {
  const first = await sealLog(deps(), options());
  const second = await sealLog(deps(), options());
  for (let round = 0; round < 12; round++) {
    await keep(37 + round);
    await store();
    time += 1000;
    await Promise.all([first(nothing), second(nothing), first(nothing)]);
  }
  time += 1000;
  await first(nothing);
  let next = 0;
  for (const { first, count } of await batches()) {
    expect(first).toBe(next);
    next += count;
  }
  const leaves = await leavesOf();
  const signed = await checkpoints();
  expect(signed.length).toBeGreaterThan(5);
  expect(signed.at(-1)?.size).toBe(leaves.length);
  for (const { size, root } of signed) expect(hex(root)).toBe(hex(rootOf(leaves.slice(0, size), nodeCrypto.sha256)));
});

test("while the key is missing positions go on and nothing is signed; put back, one checkpoint covers it all", async () => {
  const { keyFile } = options();
  await sealLog(deps(), options());
  await rename(keyFile, `${keyFile}.away`);
  const run = await sealLog(deps(), options());
  await keep(20);
  await store();
  await run(nothing);
  expect([(await leavesOf()).length, await checkpoints()]).toEqual([20, []]);
  await rename(`${keyFile}.away`, keyFile);
  time += 6000;
  await run(nothing);
  expect(await checkpoints()).toMatchObject([{ size: 20 }]);
});

test("a key file that is not the log's signs nothing", async () => {
  await sealLog(deps(), options());
  await rm(options().keyFile);
  await createKeyFile(options().keyFile);
  const run = await sealLog(deps(), options());
  await keep(3);
  await store();
  await run(nothing);
  expect(await checkpoints()).toEqual([]);
});

test("a database that is older than its anchor is never signed again, and the log says so once", async () => {
  const run = await sealLog(deps(), options());
  await keep(50);
  await store();
  await run(nothing);
  const anchor = await readFile(options().anchorFile, "utf8");
  await writeFile(`${options().anchorFile}.kept`, anchor);
  await database.admin.sql.unsafe(
    `set session_replication_role = replica; delete from ledger_batch; delete from ledger_checkpoint; delete from ledger_tile; set session_replication_role = origin`,
  );
  const again = await sealLog(deps(), options());
  await keep(5);
  await store();
  for (let round = 0; round < 3; round++) {
    time += 2000;
    await again(nothing);
    await store();
  }
  expect(await checkpoints()).toEqual([]);
  expect((await leavesOf()).length).toBeGreaterThanOrEqual(5);
  expect((await codes()).filter((code) => code === "sys_log_rolled_back")).toHaveLength(1);
  expect(await readFile(options().anchorFile, "utf8")).toBe(anchor);
});

test("a log that was rewritten under a larger size is a fork and is not signed", async () => {
  const run = await sealLog(deps(), options());
  await keep(50);
  await store();
  await run(nothing);
  await database.admin.sql.unsafe(
    `set session_replication_role = replica; update ledger_batch set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1); set session_replication_role = origin`,
  );
  await keep(30);
  await store();
  time += 2000;
  const again = await sealLog(deps(), options());
  await again(nothing);
  expect(await checkpoints()).toMatchObject([{ size: 50 }]);
  expect(JSON.stringify(logged)).toContain("the log is not the one that was signed");
});

test("killed between anchor and publication, the next one publishes the same checkpoint", async () => {
  const crashing = await sealLog(
    {
      ...deps(),
      crashPoint: (point) => {
        if (point === "after_anchor") throw new Error("killed");
      },
    },
    options(),
  );
  await keep(40);
  await store();
  await expect(crashing(nothing)).rejects.toThrow("killed");
  expect(await checkpoints()).toEqual([]);
  const anchor = await readFile(options().anchorFile, "utf8");
  time += 2000;
  await (await sealLog(deps(), options()))(nothing);
  expect((await database.admin.sql`select note from ledger_checkpoint`)[0]?.note).toBe(anchor);
});

test("an idle log says each hour that it is alive, by an event that is sealed and signed", async () => {
  const run = await sealLog(deps(), options());
  await keep(3);
  await store();
  await run(nothing);
  time += 3_601_000;
  await run(nothing);
  await store();
  expect(await codes()).toContain("sys_heartbeat");
  time += 2000;
  await run(nothing);
  expect((await checkpoints()).map(({ size }) => size)).toEqual([3, 4]);
});

test("leaves that go unsigned for a minute are an alarm, told once", async () => {
  await sealLog(deps(), options());
  const run = await sealLog(deps(), options());
  await keep(3);
  await store();
  await run(nothing);
  await rm(options().keyFile);
  const keyless = await sealLog(deps(), options());
  await keep(2);
  await store();
  for (const ms of [1000, 61_000, 61_000]) {
    time += ms;
    await keyless(nothing);
    await store();
  }
  expect((await codes()).filter((code) => code === "sys_checkpoint_missed")).toHaveLength(1);
});

test("after a rollback an operator opens a new epoch: what came meanwhile is signed, and the lost range is named", async () => {
  const run = await sealLog(deps(), options());
  await keep(50);
  await store();
  await run(nothing);
  const anchor = await readFile(options().anchorFile, "utf8");
  await database.admin.sql.unsafe(
    "set session_replication_role = replica; delete from ledger_batch; delete from ledger_checkpoint; delete from ledger_tile; set session_replication_role = origin",
  );
  await keep(5);
  await store();
  time += 2000;
  await run(nothing);
  expect(await checkpoints()).toEqual([]);
  const before = await leavesOf();
  const recovered = await recoverLog(database.admin, anchor, "an old dump was restored", nodeCrypto);
  expect(recovered).toMatchObject({ epoch: 2, lost: { from: 0, to: 50 }, moved: before.length });
  await keep(3);
  await store();
  time += 2000;
  await run(nothing);
  const second = await database.admin.sql`select note from ledger_checkpoint where epoch = 2`;
  const note = readCheckpoint(String(second[0]?.note));
  expect(note).toMatchObject({ ok: true, value: { checkpoint: { origin: "office.example/log/e2" } } });
  const [opening] = await database.admin.sql`
    select e.id, e.code, e.leaf from ledger_batch b join event_log e on e.id = b.ids[1] where b.epoch = 2 and b.first_index = 0`;
  expect(opening?.code).toBe("sys_epoch_opened");
  expect(JSON.parse(String(opening?.leaf)).facts).toMatchObject({ previous: "office.example/log", anchorSize: 50 });
  // Nobody agreed to it beforehand, so it is told as what it is, and under the signature of the new epoch.
  const [told] = await database.admin.sql`
    select e.id, e.severity, e.details::jsonb->>'notes' as reason, e.object_id from event_log e
    join ledger_batch b on b.epoch = 2 and e.id = any(b.ids) where e.code = 'sys_break_glass'`;
  expect(told).toMatchObject({ severity: "critical", reason: "an old dump was restored", object_id: "recover" });
  const due = await database.admin
    .sql`select from alert_due where event_id in (${String(opening?.id)}, ${String(told?.id)})`;
  expect(due).toHaveLength(2);
  expect(await readFile(options().anchorFile, "utf8")).toBe(anchor);
  await expect(recoverLog(database.admin, anchor, "again", nodeCrypto)).rejects.toThrow(
    "The anchor is not a checkpoint of",
  );
});

test("a log that is whole cannot be recovered", async () => {
  const run = await sealLog(deps(), options());
  await keep(5);
  await store();
  await run(nothing);
  const anchor = await readFile(options().anchorFile, "utf8");
  await expect(recoverLog(database.admin, anchor, "because", nodeCrypto)).rejects.toThrow(
    "there is nothing to recover",
  );
});
