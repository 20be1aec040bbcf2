import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatLogProof } from "@countersign/audit/ledger/proof";
import { formatVkey, signatureType, verifierKey } from "@countersign/audit/ledger/vkey";
import { openLogTree } from "@countersign/db/log-tree";
import { listLedgerKeys } from "@countersign/db/sealing";
import { nodeCrypto } from "@countersign/service/crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSignedLog, type SignedLog } from "../apps/worker/src/testing/signed-log.ts";
import { root } from "./run/step.ts";

let log: SignedLog;
let folder: string;
let vkey: string;
let ids: string[];
beforeAll(async () => {
  log = await openSignedLog();
  folder = mkdtempSync(join(tmpdir(), "countersign-verify-"));
  ids = await log.keep(600);
  await log.store();
  await log.seal();
  vkey = String((await listLedgerKeys(log.database.admin))[0]?.vkey);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await log.end();
});

const run = (script: string, args: readonly string[]) => {
  const env = {
    ...process.env,
    DATABASE_URL: log.database.adminUrl,
    DATA_DIR: folder,
    LEDGER_ANCHOR_FILE: log.anchorFile,
    COUNTERSIGN_ACCEPT_LOSS: "true",
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", script, ...args], {
    cwd: root,
    encoding: "utf8",
    env,
  });
  return { status, out: stdout, err: stderr };
};
const verify = (...args: string[]) => run("scripts/verify.ts", args);
const prove = (...args: string[]) => run("scripts/verify-proof.ts", args);
const otherKey = (type: 1 | 4 = signatureType.note) =>
  formatVkey(verifierKey(String(vkey.split("+")[0]), type, randomBytes(32), nodeCrypto.sha256));
const edit = (statement: string) =>
  log.database.admin.sql.unsafe(
    `set session_replication_role = replica; ${statement}; set session_replication_role = origin`,
  );

describe("npm run verify", () => {
  test("an intact log ends with 0 and says what that rests on", () => {
    const { status, out } = verify("--vkey", vkey);
    expect(out).toMatch(/600 leaves, 2 signed roots met/);
    expect(out).toMatch(/^ {2}OK {2}600$/m);
    expect(out).toMatch("under roots that the given key signed, up to 600 leaves.");
    expect(out).toMatch("No trusted witness cosigned");
    expect(out).not.toMatch("Self-consistent only");
    expect(status).toBe(0);
  });

  test("without a key it says that it is self-consistent only; what was verified before can be left out", () => {
    const { status, out } = verify("--since-last");
    expect([status, out]).toEqual([0, expect.stringMatching(/leaves 600 to 600[\s\S]*Self-consistent only/)]);
  });

  test("what is not intact ends with 1, the reason and the place; all findings are in the JSON", async () => {
    await edit(`create schema if not exists kept; create table kept.rows as select * from event_log;
      update event_log set severity = 'high' where id = any('{${ids.slice(100, 170).join(",")}}')`);
    const json = join(folder, "report.json");
    const { status, out } = verify("--vkey", vkey, "--json", json);
    expect(status).toBe(1);
    expect(out).toMatch(`COLUMN_MISMATCH (severity) at index 100, event ${ids[100]}: A column of the event says`);
    expect(out).toMatch("… and 20 more");
    expect(out).toMatch("NOT intact: 70 findings.");
    const written = JSON.parse(readFileSync(json, "utf8"));
    expect(written.findings).toHaveLength(70);
    expect(written.report).toMatchObject({ ok: false, found: 70, counts: { OK: 530, COLUMN_MISMATCH: 70 } });
    await edit("delete from event_log; insert into event_log select * from kept.rows");
    expect(verify("--vkey", vkey).status).toBe(0);
  });

  test("another key, and a checkpoint from outside that the log does not reach, end with 1", async () => {
    expect(verify("--vkey", otherKey())).toMatchObject({ status: 1, out: expect.stringMatching("KEY_UNKNOWN") });
    const ahead = join(folder, "ahead");
    writeFileSync(ahead, await log.anchor());
    await edit("create table kept.checkpoints as select * from ledger_checkpoint; delete from ledger_checkpoint");
    expect(verify("--vkey", vkey, "--anchor", ahead)).toMatchObject({
      status: 1,
      out: expect.stringMatching("ROLLED_BACK at a checkpoint of 600 leaves that was kept outside"),
    });
    await edit("insert into ledger_checkpoint select * from kept.checkpoints");
  });

  test("what cannot be used ends with 2 and a sentence", () => {
    const sentences: [string[], string][] = [
      [["--vkey", "nonsense"], "is no public key"],
      [["--vkey", `${vkey}x`], "is no public key"],
      [["--vkey", otherKey(signatureType.cosignature)], "is the key of a witness"],
      [["--witness", otherKey(signatureType.cosignature)], "A witness vouches for no log"],
      [["--anchor", join(folder, "absent")], "cannot be read (ENOENT)"],
      [["--json", join(folder, "absent", "report")], "cannot be written (ENOENT)"],
      [["--full", "--since-last"], "exclude each other"],
      [["--everything"], "npm run verify [--"],
    ];
    for (const [args, sentence] of sentences) {
      const { status, err } = verify(...args);
      expect([status, err]).toEqual([2, expect.stringContaining(sentence)]);
    }
  });
});

describe("npm run verify-proof", () => {
  const index = 123;
  const file = (name: string) => join(folder, name);
  beforeAll(async () => {
    const [row] = await log.database.admin.sql`
      select leaf, details, encode(salt, 'base64') as salt from event_log where id = ${String(ids[index])}`;
    const proof = await openLogTree(log.database.admin, 1, nodeCrypto.sha256).inclusion(index, 600);
    writeFileSync(file("proof"), formatLogProof({ index, leaf: String(row?.leaf), proof, note: await log.anchor() }));
    writeFileSync(file("details"), JSON.stringify({ details: row?.details, salt: row?.salt }));
    writeFileSync(file("other"), JSON.stringify({ details: `${row?.details} `, salt: row?.salt }));
  });

  test("one event is proven with the file and the key alone, and it says what is not proven", () => {
    const { status, out } = prove(file("proof"), "--vkey", vkey, "--details", file("details"));
    expect(out).toMatch(/^Proven: this event stands at index 123 of the 600 in /);
    expect(out).toMatch(/event {5}Permit assigned \(permit_assign\), success, severity low/);
    expect(out).toMatch("those given are the ones the event committed to");
    expect(out).toMatch("no witness was asked for");
    expect(status).toBe(0);
  });

  test("a changed file, another key and other details end with 1 and the reason", () => {
    const text = readFileSync(file("proof"), "utf8");
    writeFileSync(file("moved"), text.replace("index 123", "index 124"));
    expect(prove(file("moved"), "--vkey", vkey)).toMatchObject({
      status: 1,
      out: expect.stringMatching("not_included"),
    });
    expect(prove(file("proof"), "--vkey", otherKey())).toMatchObject({
      status: 1,
      out: expect.stringMatching("key_unknown"),
    });
    expect(prove(file("proof"), "--vkey", vkey, "--details", file("other"))).toMatchObject({
      status: 1,
      out: expect.stringMatching("details_differ"),
    });
  });

  test("without a key, or without a proof, it ends with 2", () => {
    expect(prove(file("proof"))).toMatchObject({ status: 2, err: expect.stringMatching("proves nothing") });
    expect(prove(file("details"), "--vkey", vkey)).toMatchObject({
      status: 2,
      err: expect.stringMatching("not a log proof"),
    });
    expect(prove(file("absent"), "--vkey", vkey)).toMatchObject({ status: 2, err: expect.stringMatching("ENOENT") });
    expect(prove(file("proof"), "--vkey", vkey, "--details", file("proof"))).toMatchObject({ status: 2 });
  });
});
