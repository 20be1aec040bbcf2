import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { uuid7 } from "@countersign/audit/uuid7";
import { type ArchiveTaskKind, insertArchiveTask, listArchives } from "@countersign/db/archives";
import { findHold } from "@countersign/db/erasure-holds";
import { eventsAbout, findErasure, idsHashOf, insertErasure, listErased, listErasures } from "@countersign/db/erasures";
import { keepEnvelope } from "@countersign/db/outbox";
import { inTransaction } from "@countersign/db/transaction";
import { nodeCrypto } from "@countersign/service/crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AgedLog, openAgedLog } from "../testing/aged-log.ts";
import { archiveTasksJob } from "./archive-tasks.ts";
import { eraseDetailsJob } from "./erase-details.ts";

const perMonth = 40;
const alive = new AbortController().signal;
let log: AgedLog;
/** The two months that retention removed. */
let first: string;
let second: string;
beforeAll(async () => {
  log = await openAgedLog(perMonth);
  await log.verify();
  await log.apply();
  const archives = await listArchives(log.database.api, null, 10);
  [second = "", first = ""] = archives.map(({ manifestId }) => manifestId);
  expect(archives.map(({ month, count }) => [month, count])).toEqual(
    [...log.months].reverse().map((month) => [month, perMonth]),
  );
}, 60_000);
afterAll(() => log.end());

const at = () => new Date(log.deps.now()).toISOString();
const fileOf = (manifestId: string, kind: "leaves" | "details") =>
  join(log.archiveFolder, `${manifestId}.${kind}.ndjson.gz`);
const ask = async (manifestId: string, kind: ArchiveTaskKind) => {
  const reason = kind === "verify" ? null : "The court asked for it";
  const id = uuid7(Date.now(), randomBytes(10));
  await insertArchiveTask(log.database.api, { id, manifestId, kind, requestedAt: at(), requestedBy: "user:7", reason });
  await archiveTasksJob(log.deps, log.archiveFolder)(alive);
  const archive = (await listArchives(log.database.api, null, 10)).find((one) => one.manifestId === manifestId);
  return { ...archive?.lastTask, loaded: archive?.loaded };
};
/** A run sets the clock of the test back to the true time; nothing is signed until it is past the last signature. */
const settle = (): Promise<void> => {
  log.pass(60_000);
  return log.settle();
};
/** Changes the text of a file for as long as something is tried. */
const changed = async <T>(file: string, change: (text: string) => string, work: () => Promise<T>): Promise<T> => {
  const bytes = await readFile(file);
  await writeFile(file, gzipSync(change(gunzipSync(bytes).toString())));
  try {
    return await work();
  } finally {
    await writeFile(file, bytes);
  }
};
const restored = async () =>
  log.database.admin.sql`select id, details from event_log where policy = 'restored' order by id`;
const told = async (code: string) => {
  await log.settle();
  return [
    ...(await log.database.admin
      .sql`select status, target_id, object_id from event_log where code = ${code} order by id`),
  ];
};

test("an archive verifies against the signed manifest and what was sealed at each place", async () => {
  expect(await ask(first, "verify")).toMatchObject({ ok: true, report: { leaves: perMonth, erased: 0, findings: [] } });
});

test("a changed leaf, changed details, and a file that is cut or gone are named", async () => {
  const leaf = await changed(
    fileOf(first, "leaves"),
    (text) => text.replace('\\"id\\":\\"3\\"', '\\"id\\":\\"4\\"'),
    () => ask(first, "verify"),
  );
  expect(leaf).toMatchObject({
    ok: false,
    report: {
      findings: [
        { code: "ALTERED", index: 3, part: "leaf" },
        { code: "ALTERED", part: "root" },
      ],
    },
  });
  const details = await changed(
    fileOf(first, "details"),
    (text) => text.replace("counter 3", "counter 4"),
    () => ask(first, "verify"),
  );
  expect(details).toMatchObject({ ok: false, report: { findings: [{ code: "ALTERED", index: 0, part: "details" }] } });
  const gone = await changed(
    fileOf(first, "details"),
    (text) => text.split("\n").slice(1).join("\n"),
    () => ask(first, "verify"),
  );
  expect(gone).toMatchObject({ ok: false, report: { findings: [{ code: "DETAILS_MISSING", index: 0 }] } });
  const bytes = await readFile(fileOf(first, "leaves"));
  await writeFile(fileOf(first, "leaves"), bytes.subarray(0, bytes.length - 20));
  expect(await ask(first, "verify")).toMatchObject({
    ok: false,
    report: { error: expect.stringContaining("cannot be read") },
  });
  await rm(fileOf(first, "leaves"));
  expect(await ask(first, "verify")).toMatchObject({ ok: false, report: { error: expect.stringContaining("ENOENT") } });
  await writeFile(fileOf(first, "leaves"), bytes);
});

test("nothing is loaded of an archive that does not verify, and the failure is an event", async () => {
  const load = await changed(
    fileOf(first, "details"),
    (text) => text.replace("counter 3", "counter 4"),
    () => ask(first, "load"),
  );
  expect(load).toMatchObject({ ok: false, loaded: null });
  expect(await restored()).toEqual([]);
  expect(await told("sys_archive_loaded")).toEqual([{ status: "failed", target_id: "7", object_id: first }]);
});

test("one that verifies is loaded back, read-only and in no count, verifies in its place, and goes out again", async () => {
  const days = async () => [
    ...(await log.database.admin.sql`select day, code, sum(count)::int as count from event_day
    where code = 'permit_assign' group by 1, 2 order by 1, 2`),
  ];
  const before = await days();
  expect(await ask(first, "load")).toMatchObject({ ok: true, loaded: { rows: perMonth } });
  expect(await restored()).toHaveLength(perMonth);
  const { sql } = log.database.admin;
  await expect(sql`delete from event_log where policy = 'restored'`).rejects.toMatchObject({ code: "42501" });
  await expect(sql`update event_log set severity = 'low' where policy = 'restored'`).rejects.toMatchObject({
    code: "42501",
  });
  const report = await log.verify();
  expect([report.found, report.counts.OK_EXPIRED]).toEqual([0, perMonth]);
  expect(await days()).toEqual(before);
  // Loaded once is loaded; retention leaves it alone.
  expect(await ask(first, "load")).toMatchObject({ ok: true, loaded: { rows: perMonth } });
  await log.apply();
  expect(await restored()).toHaveLength(perMonth);
  expect(await told("sys_archive_loaded")).toHaveLength(2);

  expect(await ask(first, "unload")).toMatchObject({ ok: true, loaded: null, report: { unloaded: perMonth } });
  expect(await restored()).toEqual([]);
  expect((await log.verify()).counts.OK_EXPIRED).toBe(2 * perMonth);
  expect(await told("sys_archive_unloaded")).toEqual([{ status: "success", target_id: "7", object_id: first }]);
  const notes = await sql`select details::jsonb->>'notes' as notes from event_log where code = 'sys_archive_unloaded'`;
  expect([...notes]).toEqual([{ notes: "The court asked for it" }]);
  expect(await sql`select from archive_task where reason is not null`).toHaveLength(0);
});

test("a second task waits for the first of the same archive", async () => {
  const task = (kind: ArchiveTaskKind) =>
    insertArchiveTask(log.database.api, {
      id: uuid7(Date.now(), randomBytes(10)),
      manifestId: second,
      kind,
      requestedAt: at(),
      requestedBy: "cli",
      reason: null,
    });
  await task("verify");
  await expect(task("load")).rejects.toMatchObject({ code: "23505" });
  await archiveTasksJob(log.deps, log.archiveFolder)(alive);
});

test("an erasure goes through the archives, under a list of its own, and through what is loaded back; leaves stay", async () => {
  await ask(second, "load");
  const leaves = await Promise.all([first, second].map((id) => readFile(fileOf(id, "leaves"))));
  const ids = await eventsAbout(log.database.api, "7", 10_000);
  expect(ids.length).toBeGreaterThanOrEqual(perMonth + 50);
  const id = uuid7(log.deps.now(), randomBytes(10));
  const idsHash = idsHashOf(ids, nodeCrypto.sha256);
  const event = log.deps.recorder.seal({
    code: "sys_details_erased",
    status: "success",
    source: "app",
    actor: { type: "user", id: "1" },
    object: { type: "subject", id },
    facts: { count: ids.length, ids: Buffer.from(idsHash).toString("base64"), basis: "request" },
  });
  await inTransaction(log.database.api, async (tx) => {
    const order = { id, subjectId: "7", byQuery: false, basis: "request", reason: "asked", ids, idsHash };
    await insertErasure(tx, { ...order, requestedAt: at(), requestedBy: "user:1" });
    if (event) await keepEnvelope(tx, log.deps.nextId(), [event]);
  });
  const erase = eraseDetailsJob(log.deps, {
    manifestDir: join(log.archiveFolder, "..", "erasures"),
    archiveDir: log.archiveFolder,
    findHold,
  });
  await settle();
  // The log does not wait for an archive that somebody moved, and what it waits for is told.
  const file = fileOf(first, "leaves");
  await rename(file, `${file}.moved`);
  await erase(alive);
  expect(await findErasure(log.database.api, id)).toMatchObject({
    ...{ state: "erasing", ended: ids.length, count: ids.length },
    problem: `The archive ${first}.leaves.ndjson.gz cannot be read.`,
  });
  expect(await eventsAbout(log.database.api, "7", 10_000)).toEqual([]);
  await rename(`${file}.moved`, file);
  await erase(alive);
  expect(await findErasure(log.database.api, id)).toMatchObject({ state: "done", archives: 1, problem: null });
  const [follower] = await listErasures(log.database.api, null, 1);
  expect(follower).toMatchObject({ follows: id, requestedBy: "worker", state: "recorded", count: perMonth });
  expect(gunzipSync(await readFile(fileOf(first, "details"))).toString()).toContain("Ada Lindqvist");
  await settle();
  await erase(alive);
  expect(await findErasure(log.database.api, follower?.id ?? "")).toMatchObject({
    state: "done",
    archives: 1,
    gone: perMonth,
  });
  expect(await listErased(log.database.api, follower?.id ?? "")).toHaveLength(perMonth);
  for (const manifest of [first, second]) {
    expect(gunzipSync(await readFile(fileOf(manifest, "details"))).toString()).not.toContain("Ada Lindqvist");
    expect(await ask(manifest, "verify")).toMatchObject({ ok: true, report: { erased: perMonth, findings: [] } });
  }
  expect(await Promise.all([first, second].map((one) => readFile(fileOf(one, "leaves"))))).toEqual(leaves);
  expect((await restored()).every(({ details }) => details === null)).toBe(true);
  expect((await log.verify()).found).toBe(0);
  // Loaded again, it comes without what was erased.
  await ask(second, "unload");
  await ask(second, "load");
  expect((await restored()).every(({ details }) => details === null)).toBe(true);
  expect((await log.verify()).found).toBe(0);
});
