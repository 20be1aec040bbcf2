import type { RequestListener, Server } from "node:http";
import { cosign } from "@countersign/audit/ledger/cosignature";
import { formatSignatureLine, parseNote } from "@countersign/audit/ledger/note";
import { formatVkey } from "@countersign/audit/ledger/vkey";
import { parseAddCheckpoint } from "@countersign/audit/ledger/witness-request";
import { nodeCrypto } from "@countersign/service/crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseWitnesses } from "../sealing/witness-list.ts";
import { createWitnessedLog, startImpostor, type WitnessedLog } from "../testing/witnessed-log.ts";
import { witnessLog } from "./witness-log.ts";

let log: WitnessedLog;
const servers: Server[] = [];
beforeEach(async () => {
  log = await createWitnessedLog();
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await log.end();
});

const nothing = new AbortController().signal;
const impostor = async (listener: RequestListener) => {
  const started = await startImpostor(listener);
  servers.push(started.server);
  return started;
};

const limits = { connectMs: 500, totalMs: 700, answerBytes: 128 * 1024 };
const hostile: [string, (answer: { line: string; other: string; future: string }) => RequestListener][] = [
  ["garbage", () => (_request, response) => response.end("<html>hello</html>")],
  ["nothing", () => (_request, response) => response.end()],
  [
    "an endless answer",
    () => (_request, response) => {
      response.on("error", () => undefined);
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
      };
      response.on("drain", more);
      more();
    },
  ],
  ["silence", () => () => undefined],
  [
    "half a line and silence",
    ({ line }) =>
      (_request, response) =>
        response.write(line.slice(0, 40)),
  ],
  ["a torn connection", () => (request) => request.socket.destroy()],
  ["a redirect", () => (_request, response) => response.writeHead(307, { location: "http://127.0.0.1:1/" }).end()],
  ["an error", () => (_request, response) => response.writeHead(500).end()],
  ["a size that is none", () => (_request, response) => response.writeHead(409).end("many\n")],
  [
    "a size that changes each time",
    () => (request, response) => {
      let body = "";
      request
        .on("data", (chunk) => (body += chunk))
        .on("end", () => {
          response.writeHead(409).end(body.startsWith("old 0\n") ? "3\n" : "2\n");
        });
    },
  ],
  [
    "a cosignature of another checkpoint",
    ({ other }) =>
      (_request, response) =>
        response.end(`${other}\n`),
  ],
  [
    "a cosignature from the future",
    ({ future }) =>
      (_request, response) =>
        response.end(`${future}\n`),
  ],
  [
    "another key's cosignature",
    ({ line }) =>
      (_request, response) =>
        response.end(`${line.replace("impostor", "0ther")}\n`),
  ],
];

test.each(hostile)(
  "a witness that answers with %s leaves the checkpoint unwitnessed and is asked again",
  async (_name, make) => {
    await log.grow(5);
    const text = (note: string) => {
      const parsed = parseNote(note);
      return parsed.ok ? parsed.value.text : "";
    };
    const note = await log.note(5);
    const seconds = Math.floor(log.deps.now() / 1000);
    let listener: RequestListener = () => undefined;
    let calls = 0;
    const { signer, witness } = await impostor((request, response) => {
      calls += 1;
      listener(request, response);
    });
    const sign = (signed: string, timeS: number) => formatSignatureLine(cosign(signed, signer, timeS));
    const line = sign(text(note), seconds);
    listener = make({
      line,
      other: sign(text(note).replace("\n5\n", "\n4\n"), seconds),
      future: sign(text(note), seconds + 100_000),
    });
    const ask = witnessLog(log.deps, witness, limits);
    const begun = Date.now();
    await ask(nothing);
    expect(Date.now() - begun).toBeLessThan(1500);
    expect(await log.cosignatures()).toEqual([]);
    expect(log.said()).toContain("the witness did not cosign");
    const asked = calls;
    await ask(nothing);
    expect(calls).toBe(asked);
    // Back to its senses, and beside a line of a key that nobody named, as another witness may answer.
    listener = (_request, response) =>
      response.end(`— somebody.else/w ${Buffer.alloc(2428).toString("base64")}\n${line}\n`);
    log.pass(5001);
    await ask(nothing);
    expect(await log.cosignatures()).toMatchObject([{ size: 5, line }]);
  },
);

test("a witness that lies about what it knows raises an alarm and holds nothing up", async () => {
  await log.grow(5);
  const { witness } = await impostor((_request, response) => response.writeHead(409).end("1000000\n"));
  const ask = witnessLog(log.deps, witness);
  for (let round = 0; round < 3; round++) {
    await ask(nothing);
    await log.grow(3);
    log.pass(60_000);
  }
  expect(await log.alarms()).toBe(1);
  expect(await log.note(15)).toContain("\n15\n");
});

test("a witness is told no proof from 0, and from its own size one that its specification's words allow", async () => {
  await log.grow(5);
  const bodies: string[] = [];
  const { witness } = await impostor((request, response) => {
    let body = "";
    request
      .on("data", (chunk) => (body += chunk))
      .on("end", () => {
        bodies.push(body);
        response.writeHead(409).end("3\n");
      });
  });
  await witnessLog(log.deps, witness)(nothing);
  const [first, second] = bodies.map((body) => parseAddCheckpoint(body));
  expect(first).toMatchObject({ ok: true, value: { oldSize: 0, proof: [] } });
  expect(second).toMatchObject({ ok: true, value: { oldSize: 3 } });
  expect(second?.ok && second.value.proof.length).toBeGreaterThan(0);
});

test("the list of witnesses takes URLs with and without a path, and refuses what is none by a sentence", async () => {
  const { witness } = await impostor(() => undefined);
  const parse = (list: string) => parseWitnesses(list, nodeCrypto.sha256).map(({ url }) => url.href);
  expect(parse("")).toEqual([]);
  expect(parse(`https://w.example/a ${witness.vkey}`)).toEqual(["https://w.example/a/add-checkpoint"]);
  for (const wrong of [
    "https://w.example",
    `ftp://w.example ${witness.vkey}`,
    `x ${witness.vkey}`,
    `https://w.example ${formatVkey(await log.key())}`,
  ]) {
    expect(() => parse(wrong)).toThrow(/LEDGER_WITNESSES/);
  }
  expect(() => parse(`https://a.example ${witness.vkey}, https://b.example ${witness.vkey}`)).toThrow(/twice/);
});
