import { readFile, writeFile } from "node:fs/promises";
import { openCheckpoint, signCheckpoint } from "@countersign/audit/ledger/checkpoint";
import { formatAddCheckpoint, parseCosignatureLines } from "@countersign/audit/ledger/witness-request";
import { noteVectors } from "@countersign/audit/testing/vectors";
import { fromBase64 } from "@countersign/audit/utf8";
import { nodeCrypto } from "@countersign/service/crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestLog, createTestWitness, type TestLog } from "./testing.ts";

let log: TestLog;
let place: Awaited<ReturnType<typeof createTestWitness>>;
let witness: Awaited<ReturnType<typeof place.open>>;
beforeEach(async () => {
  log = createTestLog("office.example/log");
  place = await createTestWitness(`# the office\n${log.vkey}\n\n${goKey} go.sum database tree\n`);
  witness = await place.open();
});
afterEach(() => place.remove());

const goHeads = noteVectors.checkpoints.filter(({ verify }) => verify);
const goKey = goHeads[0]?.vkey;

const timeOf = (note: string, lines: string): number | undefined => {
  const trust = { origin: log.origin, keys: [log.signer.key], witnesses: [witness.key] };
  const opened = openCheckpoint(note + lines, trust, nodeCrypto);
  return opened.ok ? opened.value.cosignatures[0]?.timeS : undefined;
};

test("a first checkpoint, one that extends it, and the same one again are cosigned with the time", async () => {
  for (const [from, to] of [
    [0, 5],
    [5, 300],
    [300, 300],
    [300, 301],
  ] as const) {
    const { status, text, type } = await witness.post(log.request(from, to));
    expect([status, type]).toEqual([200, "text/plain;charset=UTF-8"]);
    expect(parseCosignatureLines(text)).toHaveLength(1);
    expect(Math.abs((timeOf(log.note(to), text) ?? 0) - Date.now() / 1000)).toBeLessThan(5);
  }
});

test("every size up to 70 can follow every smaller one", async () => {
  for (let from = 1; from < 70; from += 7) {
    const fresh = createTestLog(`office.example/${from}`);
    const one = await createTestWitness(fresh.vkey);
    const { post } = await one.open();
    expect((await post(fresh.request(0, from))).status).toBe(200);
    for (let to = from; to < 70; to += 9) {
      expect((await post(fresh.request(Math.max(from, to - 9), to))).status).toBe(200);
    }
    await one.remove();
  }
});

test("an unknown log is 404, also in the example of the specification", async () => {
  expect((await witness.post(createTestLog("other.example/log").request(0, 1))).status).toBe(404);
  expect((await witness.post(noteVectors.addCheckpoint.body)).status).toBe(404);
});

test("no signature of a trusted key, or a wrong one, is 403", async () => {
  const posing = createTestLog(log.origin);
  expect((await witness.post(posing.request(0, 5))).status).toBe(403);
  const flipped = log.request(0, 5).replace(log.note(5).split("\n")[2] ?? "", log.note(6).split("\n")[2] ?? "");
  expect((await witness.post(flipped)).status).toBe(403);
  const sofa = await createTestWitness(`${log.vkey} example.com/behind-the-sofa`);
  expect((await (await sofa.open()).post(noteVectors.addCheckpoint.body)).status).toBe(403);
  await sofa.remove();
});

test("signatures of unknown keys beside the log's are passed over, and are not kept", async () => {
  const [other] = createTestLog(log.origin).note(5).split("\n").slice(-2);
  expect((await witness.post(`old 0\n\n${log.note(5)}${other}\n`)).status).toBe(200);
  expect(await readFile(place.stateFile, "utf8")).not.toContain(other);
});

test.each([
  ["nothing", ""],
  ["no blank line", "old 0\n"],
  ["a leading zero", "old 00\n\nx"],
  ["a negative size", "old -1\n\nx"],
  ["a size beyond what is counted", "old 18446744073709551615\n\nx"],
  ["a hash of 31 bytes", `old 1\n${"A".repeat(40)}A==\n\nx`],
  ["no note", "old 0\n\noffice.example/log\n1\n"],
  ["bytes that are no text", new Uint8Array([0xff, 0xfe, 0x0a, 0x0a])],
])("%s is 400", async (_name, body) => {
  expect((await witness.post(body)).status).toBe(400);
});

test("64 lines of proof and an old size above the new one are 400", async () => {
  const hash = `${Buffer.alloc(32).toString("base64")}\n`;
  expect((await witness.post(`old 1\n${hash.repeat(64)}\n${log.note(5)}`)).status).toBe(400);
  expect((await witness.post(`old 1\n${hash.repeat(63)}\n${log.note(5)}`)).status).toBe(409);
  expect((await witness.post(`old 6\n\n${log.note(5)}`)).status).toBe(400);
});

test("more than a request can hold is 413", async () => {
  expect((await witness.post("x".repeat(128 * 1024 + 1))).status).toBe(413);
});

test("another old size than the stored one is 409 with the stored one, in its own media type", async () => {
  expect(await witness.post(log.request(3, 5))).toMatchObject({ status: 409, text: "0\n", type: "text/x.tlog.size" });
  await witness.post(log.request(0, 5));
  expect(await witness.post(log.request(0, 9))).toMatchObject({ status: 409, text: "5\n", type: "text/x.tlog.size" });
  expect(await witness.post(log.request(0, 3))).toMatchObject({ status: 409, text: "5\n" });
});

test("a wrong proof, a proof from size 0 and another root of the same size are 422, and change nothing", async () => {
  const proof = log.proof(5, 9);
  expect((await witness.post(formatAddCheckpoint({ oldSize: 0, proof, note: log.note(9) }))).status).toBe(422);
  await witness.post(log.request(0, 5));
  const before = await readFile(place.stateFile, "utf8");
  const fork = log.forkAfter(2);
  expect((await witness.post(fork.request(5, 5))).status).toBe(422);
  expect(place.unproven.at(-1)).toMatchObject({ isFork: true, refused: fork.note(5) });
  for (const wrong of [fork.request(5, 9), formatAddCheckpoint({ oldSize: 5, proof: [], note: log.note(9) })]) {
    expect((await witness.post(wrong)).status).toBe(422);
  }
  expect(place.unproven.at(-1)).toMatchObject({ isFork: false });
  const equal = formatAddCheckpoint({ oldSize: 5, proof, note: log.note(5) });
  expect((await witness.post(equal)).status).toBe(422);
  expect(await readFile(place.stateFile, "utf8")).toBe(before);
});

test("an empty tree has one root", async () => {
  const wrong = signCheckpoint({ origin: log.origin, size: 0, root: log.root(1) }, [log.signer]);
  expect((await witness.post(formatAddCheckpoint({ oldSize: 0, proof: [], note: wrong }))).status).toBe(422);
  expect((await witness.post(log.request(0, 0))).status).toBe(200);
  expect((await witness.post(log.request(0, 4))).status).toBe(200);
});

test("the four hashes of the specification's example prove nothing between its sizes", async () => {
  const { oldSize, newSize, proofBase64 } = noteVectors.addCheckpoint;
  const sign = (size: number, root: Uint8Array) => signCheckpoint({ origin: log.origin, size, root }, [log.signer]);
  await witness.post(formatAddCheckpoint({ oldSize: 0, proof: [], note: sign(oldSize, log.root(1)) }));
  const proof = proofBase64.map((hash) => fromBase64(hash) ?? new Uint8Array());
  const root = fromBase64("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=") ?? new Uint8Array();
  expect((await witness.post(formatAddCheckpoint({ oldSize, proof, note: sign(newSize, root) }))).status).toBe(422);
});

test("real heads of a foreign log, whose key has another name, are cosigned; without a proof the next one is not", async () => {
  const [first, second] = goHeads;
  expect((await witness.post(`old 0\n\n${first?.note}`)).status).toBe(200);
  expect((await witness.post(`old 0\n\n${second?.note}`)).text).toBe("20852163\n");
  expect((await witness.post(`old 20852163\n\n${second?.note}`)).status).toBe(422);
  expect((await witness.post(`old 20852163\n\n${first?.note}`)).status).toBe(200);
});

test("of two logs at one witness each has its own memory", async () => {
  await witness.post(log.request(0, 7));
  await witness.post(`old 0\n\n${goHeads[0]?.note}`);
  expect((await witness.post(log.request(0, 9))).text).toBe("7\n");
  const again = await place.open();
  expect((await again.post(log.request(7, 9))).status).toBe(200);
  expect((await again.post(log.request(0, 9))).text).toBe("9\n");
});

test("requests at once for different logs wait for each other and all succeed", async () => {
  const logs = Array.from({ length: 10 }, (_, index) => createTestLog(`office.example/${index}`));
  const one = await createTestWitness(logs.map(({ vkey }) => vkey).join("\n"));
  const { post } = await one.open();
  const answers = await Promise.all(logs.map((each) => post(each.request(0, 3))));
  expect(answers.map(({ status }) => status)).toEqual(logs.map(() => 200));
  const again = await Promise.all(logs.map((each) => post(each.request(0, 4))));
  expect(again.map(({ text }) => text)).toEqual(logs.map(() => "3\n"));
  await one.remove();
});

test("of many requests at once from one size exactly one succeeds, also through two processes' hands", async () => {
  await witness.post(log.request(0, 5));
  const other = await place.open();
  const forks = Array.from({ length: 20 }, (_, index) =>
    (index % 2 === 0 ? log : log.forkAfter(5)).request(5, 10 + index),
  );
  const answers = await Promise.all(forks.map((body, index) => (index < 10 ? witness : other).post(body)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status !== 200 && status !== 409 && status !== 503)).toEqual([]);
});

test("a state file that was cut, changed or taken away while it runs signs nothing more", async () => {
  await witness.post(log.request(0, 5));
  const text = await readFile(place.stateFile, "utf8");
  for (const damaged of ["", text.slice(0, -1), text.slice(0, 40), text.replace("office", "0ffice"), `${text}\n`]) {
    await writeFile(place.stateFile, damaged);
    expect((await witness.post(log.request(5, 9))).status).toBe(503);
    expect((await witness.app.request("/health/live")).status).toBe(200);
  }
  await writeFile(place.stateFile, text);
  expect((await witness.post(log.request(5, 9))).status).toBe(200);
});
