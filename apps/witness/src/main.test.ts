import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestLog } from "./testing.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const log = createTestLog("office.example/log");
const running: ChildProcess[] = [];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "countersign-witness-"));
});
afterEach(async () => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

const launch = (env: Record<string, string> = {}) => {
  const child = spawn(process.execPath, ["--import", "tsx", main], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { PATH: process.env.PATH ?? "", PORT: "0", DATA_DIR: folder, WITNESS_LOGS: log.vkey, ...env },
  });
  running.push(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (said += chunk));
  return { child, said: () => said, ended: once(child, "exit") };
};
const start = async (env: Record<string, string> = {}) => {
  const started = launch(env);
  const [message] = (await Promise.race([
    once(started.child, "message"),
    started.ended.then(() => Promise.reject(new Error(started.said()))),
  ])) as [{ port: number }];
  const url = `http://127.0.0.1:${message.port}`;
  const post = (body: string) => fetch(`${url}/add-checkpoint`, { method: "POST", body });
  return { ...started, url, port: message.port, post };
};

test("a process says its public key, answers, is ready, and ends with 0 when asked", async () => {
  const witness = await start({ WITNESS_NAME: "witness.example/w1" });
  await expect.poll(witness.said).toMatch(/public key: witness\.example\/w1\+[0-9a-f]{8}\+\S+\n/);
  expect((await witness.post(log.request(0, 5))).status).toBe(200);
  expect((await fetch(`${witness.url}/health/ready`)).status).toBe(200);
  expect((await fetch(`${witness.url}/add-checkpoint`)).status).toBe(404);
  witness.child.kill("SIGTERM");
  expect(await witness.ended).toEqual([0, null]);
});

test("killed between memory and answer, it remembers what it cosigned", async () => {
  const first = await start({ CRASH_AT: "after_persist:2", NODE_ENV: "test" });
  expect((await first.post(log.request(0, 5))).status).toBe(200);
  await expect(first.post(log.request(5, 9))).rejects.toThrow();
  expect(await first.ended).toEqual([null, "SIGKILL"]);
  const again = await start();
  expect(await (await again.post(log.request(5, 9))).text()).toBe("9\n");
  expect((await again.post(log.forkAfter(5).request(9, 9))).status).toBe(422);
  expect((await again.post(log.request(9, 9))).status).toBe(200);
});

test("it does not start with a memory that was cut, and says why; put back, it does", async () => {
  const first = await start();
  await first.post(log.request(0, 5));
  first.child.kill("SIGKILL");
  await first.ended;
  const file = join(folder, "witness", "state");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.slice(0, 100));
  const broken = launch();
  expect(await broken.ended).toEqual([1, null]);
  expect(broken.said()).toMatch(/could not start: The state file .* is damaged/);
  await rm(file);
  const forgetful = launch();
  expect(await forgetful.ended).toEqual([1, null]);
  expect(forgetful.said()).toMatch(/state file .* is missing/);
  await writeFile(file, text);
  expect((await (await start()).post(log.request(5, 9))).status).toBe(200);
});

test("a flood from one address is slowed down, health is not", async () => {
  const witness = await start();
  const answers = await Promise.all(Array.from({ length: 250 }, () => witness.post("nonsense")));
  const statuses = new Set(answers.map(({ status }) => status));
  expect(statuses.has(429)).toBe(true);
  expect([...statuses].every((status) => [400, 429, 503].includes(status))).toBe(true);
  expect((await fetch(`${witness.url}/health/live`)).status).toBe(200);
});
