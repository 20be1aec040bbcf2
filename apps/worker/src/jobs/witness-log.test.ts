import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openCheckpoint } from "@countersign/audit/ledger/checkpoint";
import { formatVkey } from "@countersign/audit/ledger/vkey";
import { listLedgerKeys } from "@countersign/db/sealing";
import { nodeCrypto } from "@countersign/service/crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { every } from "../every.ts";
import { parseWitnesses } from "../sealing/witness-list.ts";
import { createWitnessedLog, type WitnessedLog } from "../testing/witnessed-log.ts";
import { witnessLog } from "./witness-log.ts";

let log: WitnessedLog;
const running: ChildProcess[] = [];
beforeEach(async () => {
  log = await createWitnessedLog();
});
afterEach(async () => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  await log.end();
});

const nothing = new AbortController().signal;
const main = fileURLToPath(new URL("../../../witness/src/main.ts", import.meta.url));
const workerMain = fileURLToPath(new URL("../main.ts", import.meta.url));
const vkeyIn = (said: string) => /public key: (\S+)\n/.exec(said)?.[1];

/** A witness as it runs elsewhere. */
const startWitness = async (name: string, port = "0") => {
  const child = spawn(process.execPath, ["--import", "tsx", main], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: {
      PATH: process.env.PATH ?? "",
      PORT: port,
      DATA_DIR: join(log.folder, name),
      WITNESS_LOGS: formatVkey(await log.key()),
    },
  });
  running.push(child);
  let said = "";
  child.stdout?.on("data", (chunk) => (said += chunk));
  const [{ port: taken }] = (await once(child, "message")) as [{ port: number }];
  await expect.poll(() => vkeyIn(said)).toBeDefined();
  const [witness] = parseWitnesses(`http://127.0.0.1:${taken} ${vkeyIn(said)}`, nodeCrypto.sha256);
  return { child, witness: witness ?? expect.fail(), port: String(taken) };
};
const asSuperuser = (statements: string) =>
  log.database.admin.sql.unsafe(
    `set session_replication_role = replica; ${statements}; set session_replication_role = origin`,
  );

test("real witnesses cosign what the sealer publishes, within seconds, and the note verifies with all keys", async () => {
  const first = await startWitness("w1");
  const second = await startWitness("w2");
  const failed = (error: unknown) => expect.fail(String(error));
  const loops = [first, second].map(({ witness }) => every(100, witnessLog(log.deps, witness), failed));
  let size = 0;
  for (const count of [5, 300, 1]) {
    await log.grow(count);
    size += count;
    const newest = async () => (await log.cosignatures()).filter((cosigned) => cosigned.size === size);
    await expect.poll(async () => (await newest()).length, { timeout: 5000 }).toBe(2);
  }
  await Promise.all(loops.map((loop) => loop.stop()));
  const lines = (await log.cosignatures()).filter((cosigned) => cosigned.size === size).map(({ line }) => `${line}\n`);
  const key = await log.key();
  const trust = { origin: key.name, keys: [key], witnesses: [first.witness.key, second.witness.key] };
  const opened = openCheckpoint((await log.note(size)) + lines.join(""), trust, nodeCrypto);
  expect(opened).toMatchObject({ ok: true, value: { cosignatures: [{}, {}], checkpoint: { size: 306 } } });
  expect((await listLedgerKeys(log.database.api)).filter(({ kind }) => kind === "witness")).toHaveLength(2);
});

test("a witness that is away is asked again later, and one that was killed remembers", async () => {
  const { child, witness, port } = await startWitness("w1");
  await log.grow(5);
  const ask = witnessLog(log.deps, witness);
  await ask(nothing);
  child.kill("SIGKILL");
  await once(child, "exit");
  await log.grow(4);
  await ask(nothing);
  expect(await log.cosignatures()).toMatchObject([{ size: 5 }]);
  expect(log.said()).toContain("ECONNREFUSED");
  await startWitness("w1", port);
  await ask(nothing);
  expect(await log.cosignatures()).toHaveLength(1);
  log.pass(5001);
  await ask(nothing);
  expect(await log.cosignatures()).toMatchObject([{ size: 5 }, { size: 9 }]);
  expect(log.said()).toContain("cosigns again");
});

test("a worker that lost count asks from the size that the witness names, without an alarm", async () => {
  const { witness } = await startWitness("w1");
  await log.grow(9);
  await witnessLog(log.deps, witness)(nothing);
  await asSuperuser("delete from ledger_cosignature");
  await log.grow(4);
  await witnessLog(log.deps, witness)(nothing);
  expect(await log.cosignatures()).toMatchObject([{ size: 13 }]);
  expect(await log.alarms()).toBe(0);
});

test("a log rolled back together with its anchor is refused by the witness, smaller or grown again, and says so", async () => {
  const { witness } = await startWitness("w1");
  await log.grow(40);
  await witnessLog(log.deps, witness)(nothing);
  expect(await log.cosignatures()).toMatchObject([{ size: 40 }]);
  const tables = ["ledger_cosignature", "ledger_batch", "ledger_checkpoint", "ledger_tile"];
  await asSuperuser(tables.map((table) => `delete from ${table}`).join("; "));
  await rm(log.anchorFile);
  await log.reopen();
  await log.grow(10);
  const ask = witnessLog(log.deps, witness);
  await ask(nothing);
  await log.store();
  expect(log.said()).toContain("the witness cosigned a larger log than this");
  expect(await log.alarms()).toBe(1);
  await log.grow(50);
  log.pass(5001);
  await ask(nothing);
  expect(log.said()).toContain("the witness does not find what it cosigned in this log");
  await log.store();
  expect([await log.cosignatures(), await log.alarms()]).toEqual([[], 1]);
});

test("a worker that is told of a witness has what it seals cosigned within seconds; a wrong setting is refused at the start", async () => {
  const { child, witness } = await startWitness("w1");
  const worker = (setting: string) => {
    const started = spawn(process.execPath, ["--import", "tsx", workerMain], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: {
        PATH: process.env.PATH ?? "",
        DATABASE_URL: log.database.urls.worker,
        REDIS_URL: "redis://127.0.0.1:1",
        HEALTH_PORT: "0",
        LEDGER_KEY_FILE: log.keyFile,
        LEDGER_ANCHOR_FILE: log.anchorFile,
        LEDGER_WITNESSES: setting,
      },
    });
    running.push(started);
    return started;
  };
  await log.grow(5);
  worker(`${witness.url.href.replace(/add-checkpoint$/, "")} ${witness.vkey}`);
  await expect.poll(log.cosignatures, { timeout: 15_000 }).toMatchObject([{ size: 5 }]);
  expect(child.exitCode).toBe(null);
  expect((await once(worker("somewhere"), "exit"))[0]).toBe(1);
});
