import { chmod, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { nodeCrypto } from "@countersign/service/crypto";
import { expect, onTestFinished, test } from "vitest";
import { parseLogs } from "./logs.ts";
import { createTestLog, createTestWitness } from "./testing.ts";

const log = createTestLog("office.example/log");
const setup = async () => {
  const place = await createTestWitness(log.vkey);
  onTestFinished(place.remove);
  return place;
};

test("key and state are made once, the key for its owner only, and the name stays", async () => {
  const place = await setup();
  const { vkey, key } = await place.open();
  expect(key).toMatchObject({ name: "witness.example/w1", type: 4 });
  expect((await stat(place.keyFile)).mode & 0o777).toBe(0o600);
  expect((await stat(place.stateFile)).mode & 0o777).toBe(0o600);
  expect((await place.open()).vkey).toBe(vkey);
});

test("it refuses to start with a state that is missing, cut or changed", async () => {
  const place = await setup();
  const { post } = await place.open();
  await post(log.request(0, 5));
  const text = await readFile(place.stateFile, "utf8");
  await rename(place.stateFile, `${place.stateFile}.away`);
  await expect(place.open()).rejects.toThrow(/state file .* is missing/);
  for (const damaged of ["", text.slice(0, -1), text.slice(0, text.length / 2), text.replace("\\n5\\n", "\\n4\\n")]) {
    await writeFile(place.stateFile, damaged);
    await expect(place.open()).rejects.toThrow(/is damaged/);
  }
});

test("it refuses to start without its key, with another one, and under another name", async () => {
  const place = await setup();
  await place.open();
  await expect(place.open("witness.example/w2")).rejects.toThrow(/a name stays/);
  const other = await setup();
  await other.open();
  const key = await readFile(place.keyFile);
  await rm(place.keyFile);
  await expect(place.open()).rejects.toThrow(/is missing; put it back/);
  await writeFile(place.keyFile, await readFile(other.keyFile));
  await expect(place.open()).rejects.toThrow(/is not the one of the state file/);
  await writeFile(place.keyFile, key);
  await writeFile(place.stateFile, await readFile(other.stateFile));
  await expect(place.open()).rejects.toThrow(/is not the one of the state file/);
});

test("a first start that was cut short between state and key, or after the key, is made up for", async () => {
  const place = await setup();
  const first = await place.open();
  const { formatState } = await import("./state.ts");
  await writeFile(place.stateFile, formatState({ vkey: null, logs: new Map() }));
  expect((await place.open()).vkey).toBe(first.vkey);
  await rm(place.keyFile);
  await writeFile(place.stateFile, formatState({ vkey: null, logs: new Map() }));
  expect((await place.open()).vkey).not.toBe(first.vkey);
});

test("what a killed process left half written is waited out, then replaced; what another writes is not touched", async () => {
  const place = await setup();
  const { post } = await place.open();
  await writeFile(`${place.stateFile}.part`, "half");
  expect((await post(log.request(0, 5))).status).toBe(503);
  const past = new Date(Date.now() - 11_000);
  await utimes(`${place.stateFile}.part`, past, past);
  expect((await post(log.request(0, 5))).status).toBe(200);
});

test("a folder that cannot be written gives no cosignature", async () => {
  const place = await setup();
  const { post } = await place.open();
  const folder = `${place.folder}/witness`;
  await rm(folder, { recursive: true });
  await writeFile(folder, "a file where the folder was");
  expect((await post(log.request(0, 5))).status).toBe(503);
  await chmod(folder, 0o600);
});

test("the list of logs takes a vkey with or without an origin, several keys of one, and refuses the rest by line", () => {
  const other = createTestLog("other.example");
  const list = `# comment\n\n${log.vkey}\n  ${other.vkey} office.example/log  \n${other.vkey} go.sum database tree`;
  const logs = parseLogs(list, nodeCrypto.sha256);
  expect([...logs.keys()]).toEqual(["office.example/log", "go.sum database tree"]);
  expect(logs.get("office.example/log")).toHaveLength(2);
  expect(() => parseLogs(`${log.vkey}\nnonsense`, nodeCrypto.sha256)).toThrow(/^Line 2 /);
});
