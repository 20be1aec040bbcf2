import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { formatLogProof } from "@countersign/audit/ledger/proof";
import { listArchives } from "@countersign/db/archives";
import { openLogTree } from "@countersign/db/log-tree";
import { findPosition, latestCheckpoint, listLedgerKeys } from "@countersign/db/sealing";
import { nodeCrypto } from "@countersign/service/crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AgedLog, openAgedLog } from "../apps/worker/src/testing/aged-log.ts";
import { root } from "./run/step.ts";

let log: AgedLog;
let folder: string;
let vkey: string;
let manifestId: string;
let leaves: string;
let details: string;
const file = (name: string): string => join(folder, name);
beforeAll(async () => {
  log = await openAgedLog(30);
  folder = mkdtempSync(join(tmpdir(), "countersign-archive-"));
  await log.verify();
  await log.apply();
  log.pass(60_000);
  await log.settle();
  const { admin } = log.database;
  vkey = String((await listLedgerKeys(admin))[0]?.vkey);
  const [archive] = await listArchives(admin, null, 1);
  manifestId = archive?.manifestId ?? "";
  leaves = join(log.archiveFolder, archive?.leavesFile ?? "");
  details = join(log.archiveFolder, archive?.detailsFile ?? "");
  const [told] =
    await admin.sql`select id, leaf, received_at::text as at from event_log where id = ${archive?.eventId ?? ""}`;
  const index = (await findPosition(admin, String(told?.id), String(told?.at)))?.index ?? 0;
  const checkpoint = await latestCheckpoint(admin, 1);
  const size = checkpoint?.size ?? 0;
  const proof = await openLogTree(admin, 1, nodeCrypto.sha256).inclusion(index, size);
  writeFileSync(
    file("manifest.tlog-proof"),
    formatLogProof({ index, leaf: String(told?.leaf), proof, note: checkpoint?.note ?? "" }),
  );
}, 60_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await log.end();
});

const run = (script: string, args: readonly string[], env: Record<string, string> = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", `scripts/${script}.ts`, ...args], {
    cwd: root,
    encoding: "utf8",
    env: {
      ...process.env,
      DATABASE_URL: log.database.adminUrl,
      DATA_DIR: dirname(log.archiveFolder),
      COUNTERSIGN_ACCEPT_LOSS: "true",
      ...env,
    },
  });
  return { status, out: stdout, err: stderr };
};
const check = (...args: string[]) => run("verify-archive", args);
/** With nothing but files: a database that cannot be reached is not missed. */
const offline = (...args: string[]) =>
  run("verify-archive", [...args, "--proof", file("manifest.tlog-proof"), "--vkey", vkey], {
    DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
  });

test("an archived month is proven with the two files, the proof of its manifest and a key, and nothing else", () => {
  const { status, out } = offline(leaves, details);
  expect(out).toMatch(/^event_log_read_\d{4}_\d\d: 30 leaves, 30 with their details$/m);
  expect(out).toMatch("as a root that the given key signed says");
  expect(status).toBe(0);
  expect(offline(leaves)).toMatchObject({ status: 0, out: expect.stringMatching("no details were checked") });
});

test("with the database a changed leaf is named by its place, and missing details by their event", () => {
  expect(check(leaves, details, "--vkey", vkey)).toMatchObject({ status: 0, out: expect.stringMatching("Intact") });
  expect(check(leaves, details)).toMatchObject({ status: 0, out: expect.stringMatching("Self-consistent only") });
  const text = (name: string) => gunzipSync(readFileSync(name)).toString();
  const changed = join(folder, `${manifestId}.leaves.ndjson.gz`);
  writeFileSync(changed, gzipSync(text(leaves).replace('\\"id\\":\\"3\\"', '\\"id\\":\\"4\\"')));
  expect(check(changed, details, "--vkey", vkey)).toMatchObject({
    status: 1,
    out: expect.stringMatching(/ALTERED \(leaf\) at index \d+, event [\s\S]*NOT intact\./),
  });
  expect(offline(changed, details)).toMatchObject({ status: 1, out: expect.stringMatching(/ALTERED \(root\)/) });
  const fewer = file("details.gz");
  writeFileSync(fewer, gzipSync(text(details).split("\n").slice(2).join("\n")));
  expect(check(leaves, fewer)).toMatchObject({ status: 1, out: expect.stringMatching(/DETAILS_MISSING/) });
  expect(offline(leaves, fewer)).toMatchObject({
    status: 0,
    out: expect.stringMatching("2 events have no details here"),
  });
});

test("what cannot be used ends with 2 and a sentence", () => {
  writeFileSync(file("cut.gz"), readFileSync(leaves).subarray(0, 100));
  writeFileSync(file("text"), "hello");
  writeFileSync(file("lines.gz"), gzipSync('{"index":1}\n'));
  const sentences: [ReturnType<typeof check>, string][] = [
    [check(), "npm run verify-archive"],
    [check(leaves, details, "x"), "npm run verify-archive"],
    [check(file("cut.gz")), "has lost its name"],
    [offline(file("cut.gz")), "cannot be read as an archive"],
    [offline(file("text")), "cannot be read as an archive"],
    [offline(file("absent")), "ENOENT"],
    [offline(file("lines.gz")), "a line that is none of an archive"],
    [check(leaves, details, "--proof", file("text"), "--vkey", vkey), "not a log proof"],
    [check(leaves, details, "--proof", file("manifest.tlog-proof")), "proves nothing"],
  ];
  for (const [{ status, err }, sentence] of sentences)
    expect([status, err]).toEqual([2, expect.stringContaining(sentence)]);
});

test("an archive is loaded back once, marked, and taken out again; one that is altered is not", async () => {
  const restored = async () => (await log.database.admin.sql`select from event_log where policy = 'restored'`).length;
  const why = ["--reason", "The court asked for it"];
  const bytes = readFileSync(details);
  writeFileSync(details, gzipSync(gunzipSync(bytes).toString().replace("counter 3", "counter 4")));
  expect(run("restore-archive", [manifestId, ...why])).toMatchObject({
    status: 1,
    out: expect.stringMatching("Nothing was loaded"),
  });
  writeFileSync(details, bytes);
  expect(await restored()).toBe(0);
  expect(run("restore-archive", [manifestId, ...why])).toMatchObject({
    status: 0,
    out: expect.stringMatching("30 events stand in the log again"),
  });
  expect(await restored()).toBe(30);
  expect((await log.verify()).found).toBe(0);
  expect(run("restore-archive", [manifestId, "--remove", ...why])).toMatchObject({
    status: 0,
    out: expect.stringMatching("30 events were taken out"),
  });
  expect(await restored()).toBe(0);
  for (const args of [[], ["x"], [manifestId, "--force"], ["0192f5b2-7c1e-7b3a-9d7e-1234567890ab"]]) {
    expect(run("restore-archive", [...args, ...why]).status).toBe(2);
  }
  for (const none of [[], ["--reason", " "]]) {
    expect(run("restore-archive", [manifestId, ...none])).toMatchObject({
      status: 2,
      err: expect.stringContaining("Say why"),
    });
  }
  expect(await restored()).toBe(0);
}, 60_000);
