import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Document } from "@countersign/db/documents";
import { afterAll, expect, test } from "vitest";
import { checkFile } from "./files.ts";
import { createS3Storage, type S3Options } from "./s3-storage.ts";
import { newStorageKey } from "./storage.ts";
import { startS3Server } from "./testing/s3-server.ts";

const spoolFolder = mkdtempSync(join(tmpdir(), "documents-"));
afterAll(() => rmSync(spoolFolder, { recursive: true, force: true }));

type Seen = { method: string; url: string; headers: IncomingHttpHeaders; body: Buffer };
type Answer = { status: number; body?: string; location?: string; bytes?: number } | "hang up" | "say nothing";

/** Answers as it is told, in this order and the last one for ever, and keeps what it was sent. */
const scripted = async (...answers: Answer[]) => {
  const seen: Seen[] = [];
  const server: Server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const answer = answers[Math.min(seen.length, answers.length - 1)];
    seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
    if (answer === "hang up") return request.socket.destroy();
    if (answer === "say nothing" || answer === undefined) return;
    const headers = {
      ...(answer.location && { location: answer.location }),
      ...(answer.bytes && { "content-length": answer.bytes }),
    };
    response.writeHead(answer.status, headers).end(answer.body, () => answer.bytes && request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const faults: string[] = [];
  const options: S3Options = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bucket: "papers",
    region: "eu-test-1",
    accessKeyId: "id",
    secretAccessKey: "very secret",
    pathStyle: true,
    spoolFolder,
    timeoutMs: 200,
    backoffMs: 1,
    onFault: (fault) => faults.push(String(fault)),
  };
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { options, seen, faults, stop };
};

const key = newStorageKey(randomBytes);
const file = randomBytes(150_000);
const pieces = async function* () {
  yield file.subarray(0, 70_000);
  yield file.subarray(70_000);
};

test("a file goes out whole, with its length and signed over its hash, again after a fault of the server", async () => {
  const { options, seen, faults, stop } = await scripted({ status: 503 }, "hang up", { status: 429 }, { status: 200 });
  const stored = await createS3Storage(options).put(key, pieces());
  stop();
  expect(stored.bytes).toBe(file.length);
  expect(seen).toHaveLength(4);
  expect(faults).toHaveLength(3);
  const hash = createHash("sha256").update(file).digest("hex");
  for (const { method, url, headers, body } of seen) {
    expect(body.equals(file)).toBe(true);
    expect([method, url]).toEqual(["PUT", `/papers/${key.slice(0, 2)}/${key.slice(2, 4)}/${key}`]);
    expect(headers).toMatchObject({ "content-length": "150000", "x-amz-content-sha256": hash });
    expect(headers["transfer-encoding"]).toBeUndefined();
    expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=id\/\d{8}\/eu-test-1\/s3\/aws4_request, /);
    expect(headers.authorization).toContain("x-amz-content-sha256");
  }
  expect(readdirSync(spoolFolder)).toEqual([]);
});

test.each<[string, Answer, number]>([
  ["that refuses", { status: 403, body: "<Code>SignatureDoesNotMatch</Code>" }, 1],
  ["without the bucket", { status: 404, body: "<Error><Code>NoSuchBucket</Code></Error>" }, 1],
  ["that is some other server", { status: 404, body: "<html>Not found" }, 1],
  ["that sends us elsewhere", { status: 307, location: "/elsewhere" }, 1],
  ["that keeps failing", { status: 500 }, 4],
  ["that keeps hanging up", "hang up", 4],
  ["that says nothing", "say nothing", 4],
])("a server %s makes files unavailable, and no secret is told", async (_, answer, tries) => {
  const { options, seen, faults, stop } = await scripted(answer);
  const storage = createS3Storage(options);
  const unavailable = { kind: "unavailable", reason: "storage_unavailable" };
  await expect(storage.put(key, pieces())).rejects.toMatchObject(unavailable);
  expect(seen).toHaveLength(tries);
  await expect(storage.open(key)).rejects.toMatchObject(unavailable);
  await expect(storage.remove(key)).rejects.toMatchObject(unavailable);
  stop();
  expect(faults.join()).not.toContain("very secret");
  expect(readdirSync(spoolFolder)).toEqual([]);
});

test("a server that cannot be reached makes files unavailable", async () => {
  const { options, stop } = await scripted({ status: 200 });
  stop();
  await expect(createS3Storage(options).open(key)).rejects.toMatchObject({ reason: "storage_unavailable" });
});

test("a file that breaks off on its way out is neither taken for another nor for a missing one", async () => {
  const { options, stop } = await scripted({ status: 200, body: "half", bytes: 100 });
  const storage = createS3Storage(options);
  const document = { name: "a.pdf", sha256: "00" } as Document;
  await expect(checkFile(storage, { document, storageKey: key })).rejects.toMatchObject({
    kind: "unavailable",
    reason: "storage_unavailable",
  });
  stop();
});

test("a real server refuses another secret", async () => {
  const folder = mkdtempSync(join(tmpdir(), "documents-"));
  const server = await startS3Server(folder, "papers");
  const faults: string[] = [];
  const storage = createS3Storage({
    ...server.options,
    secretAccessKey: "another",
    spoolFolder,
    onFault: (fault) => faults.push(String(fault)),
  });
  await expect(storage.put(key, pieces())).rejects.toMatchObject({ reason: "storage_unavailable" });
  expect(faults).toEqual([expect.stringContaining("403 SignatureDoesNotMatch")]);
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("without path style the bucket is a part of the host name", async () => {
  const faults: string[] = [];
  const { options, seen, stop } = await scripted({ status: 200, body: "hello" });
  const storage = createS3Storage({
    ...options,
    endpoint: options.endpoint.replace("127.0.0.1", "localhost"),
    bucket: "papers",
    pathStyle: false,
    onFault: (fault) => faults.push(String(fault)),
  });
  const opened = await storage.open(key).catch(() => null);
  // Whether the system knows papers.localhost is its own affair; the address is ours.
  if (opened === null) expect(faults.join()).toContain("fetch failed");
  else expect(seen[0]?.headers.host).toMatch(/^papers\.localhost:/);
  opened?.stream.destroy();
  stop();
});
