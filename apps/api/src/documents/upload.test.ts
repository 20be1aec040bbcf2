import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestApi, type Person, type TestApi } from "../testing.ts";
import { listen } from "../testing-server.ts";
import { addFile, countsOf, createPermit, documentFeatures, filesIn, uploadAddress } from "./testing/office.ts";
import { samplePdf, samplePng } from "./testing/sample-files.ts";
import { createSender, eventually } from "./testing/sender.ts";

let api: TestApi;
let server: { url: string; close: () => Promise<void> };
let officer: Person;
let permit: { id: number };
let sender: ReturnType<typeof createSender>;
let before: Awaited<ReturnType<typeof countsOf>>;
beforeAll(async () => {
  api = await createTestApi({ settings: { "document.max_mb": 1 } });
  server = await listen(api.services);
  officer = await api.person(documentFeatures, "Olga Officer");
  permit = await createPermit(officer);
  sender = createSender(server.url, api, officer, permit.id);
});
afterAll(async () => {
  await server.close();
  await api.close();
});
beforeEach(async () => {
  before = await countsOf(api);
});
const lastEvent = async () => (await api.stored({ actorId: String(officer.id) })).at(-1);

const MiB = 1024 * 1024;
/** A whole PNG of exactly this many bytes. */
const pngOf = (bytes: number) => samplePng(8, [["zzZz", Buffer.alloc(bytes - samplePng().length - 12)]]);

const pieces = async function* (file: Uint8Array, ...cuts: number[]) {
  for (const [index, from] of [0, ...cuts].entries()) yield file.subarray(from, cuts[index]);
};

test("a file of exactly the limit is kept, with its length announced and without", async () => {
  expect(await sender.post(pngOf(MiB))).toMatchObject({ status: 200 });
  const whole = pngOf(MiB);
  expect(await sender.post(pieces(whole, 9, 700_000))).toMatchObject({
    status: 200,
  });
  const { documents = 0, noted = 0, stored } = before;
  expect(await countsOf(api)).toEqual({ documents: documents + 2, noted: noted + 2, stored: stored + 2 });
});

test("with one byte more it is refused as too large, whatever was announced, and leaves nothing", async () => {
  expect(await sender.post(pngOf(MiB + 1))).toMatchObject({ status: 413, code: "body_too_large" });
  expect(await lastEvent()).toMatchObject({
    code: "document_upload",
    status: "failed",
    errorMessage: "Nothing was kept: a file may have at most 1 MB.",
    metadata: { name: "a.png" },
    target: { id: String(permit.id) },
  });
  const whole = pngOf(MiB + 1);
  expect(await sender.post(pieces(whole, 500_000))).toMatchObject({ status: 413 });
  expect(await countsOf(api)).toEqual(before);
});

test("ten gigabytes are refused before they arrive, and a stream without an end soon after the limit", async () => {
  const heard = await sender.byHand(10 * 1024 * MiB, samplePng());
  expect(heard).toMatch(/^HTTP\/1\.1 413 /);
  let sent = 0;
  const endless = (async function* () {
    yield samplePng(8).subarray(0, 33);
    for (; sent < 200 * MiB; sent += 65_536)
      yield Buffer.concat([Buffer.from([0, 0, 0xff, 0xf4]), Buffer.from("zzZz"), Buffer.alloc(65_528)]);
  })();
  const answer = await sender.send(endless).catch(() => null);
  if (answer !== null) expect(answer.status).toBe(413);
  expect(sent).toBeLessThan(50 * MiB);
  await eventually(async () => expect(await countsOf(api)).toEqual(before));
});

test.each<[string, Uint8Array<ArrayBuffer>, { name?: string; type?: string }, object]>([
  ["an empty file", Buffer.alloc(0), {}, { status: 422, code: "empty_file" }],
  [
    "a page called a picture",
    Buffer.from("<html><script>alert(1)</script>"),
    {},
    { status: 415, code: "wrong_content" },
  ],
  [
    "a drawing",
    Buffer.from("<svg onload=alert(1)>"),
    { name: "a.svg", type: "image/svg+xml" },
    { status: 415, code: "media_type" },
  ],
  [
    "a picture with a page after it",
    Buffer.concat([samplePng(), Buffer.from("<script>")]),
    {},
    { status: 415, code: "wrong_content" },
  ],
  ["a PDF that is sent as a picture", samplePdf("x"), {}, { status: 415, code: "wrong_content" }],
  ["a picture named as a PDF", samplePng(), { name: "a.pdf" }, { status: 422, path: "name" }],
  ["a picture named as a program", samplePng(), { name: "a.png.exe" }, { status: 422, path: "name" }],
  ["a name that climbs", samplePng(), { name: "../../../etc/cron.d/a.png" }, { status: 422, path: "name" }],
  ["a name that climbs on another system", samplePng(), { name: "..\\..\\a.png" }, { status: 422, path: "name" }],
  ["a name with NUL", samplePng(), { name: "a.png\0" }, { status: 422, path: "name" }],
  ["a name that breaks the line", samplePng(), { name: "a\r\nX-Evil: 1.png" }, { status: 422, path: "name" }],
  ["a name of 256 characters", samplePng(), { name: `${"a".repeat(252)}.png` }, { status: 422, path: "name" }],
  ["JSON", Buffer.from("{}"), { type: "application/json" }, { status: 415, code: "media_type" }],
  ["a form", samplePng(), { type: "multipart/form-data; boundary=x" }, { status: 415, code: "media_type" }],
  ["plain text", samplePng(), { type: "text/plain" }, { status: 415, code: "media_type" }],
  ["two types at once", samplePng(), { type: "image/png, text/html" }, { status: 415, code: "media_type" }],
  ["a type with a parameter", samplePng(), { type: "image/png; charset=utf-8" }, { status: 415, code: "media_type" }],
])("%s is refused and leaves nothing", async (_, file, named, refusal) => {
  expect(await sender.post(file, named)).toMatchObject(refusal);
  expect(await countsOf(api)).toEqual(before);
  expect(filesIn(api.files).filter((path) => path.endsWith(".part"))).toEqual([]);
});

test("a name at the limit, in any script, is kept as it was sent", async () => {
  for (const name of [
    `${"a".repeat(251)}.png`,
    `${"許".repeat(251)}.png`,
    "=HYPERLINK(1).png",
    "' or 1=1--.png",
    "%_.png",
  ]) {
    expect((await addFile(officer, permit.id, { name, type: "image/png", file: samplePng() })).name).toBe(name);
  }
});

test.each([
  "?kind=x",
  "?name=a.pdf",
  "",
  "?name=a.pdf&kind=x&extra=1",
  "?name=a.pdf&name=b.pdf&kind=x",
  "?name=a.pdf&kind=",
])("the query %s is refused", async (query) => {
  const init = { method: "POST", headers: { "content-type": "application/pdf" }, body: samplePdf("x") };
  expect((await officer.send(`/api/permits/${permit.id}/documents${query}`, init)).status).toBe(422);
  expect(await countsOf(api)).toEqual(before);
});

test("a page of another site cannot send a file, nor can a page of ours without its origin", async () => {
  const from = async (headers: Record<string, string>) => {
    const init = {
      method: "POST",
      headers: { "content-type": "image/png", cookie: sender.cookie, ...headers },
      body: samplePng(),
    };
    return (await fetch(server.url + uploadAddress(permit.id, { name: "a.png" }), init)).status;
  };
  expect(await from({ origin: "https://evil.example" })).toBe(403);
  expect(await from({})).toBe(403);
  expect(await countsOf(api)).toEqual(before);
});

test("no other address takes a file, and a file's address takes no other method", async () => {
  const send = async (path: string, method = "POST") =>
    (await officer.send(path, { method, headers: { "content-type": "image/png" }, body: samplePng() })).status;
  for (const path of [
    "/api/permits",
    `/api/permits/${permit.id}/approve`,
    `/api/permits/${permit.id}/documents/x`,
    `/api/permits/${permit.id}/x/documents`,
    "/api/documents/1/verify",
    "/trpc/permits.create",
    "/api/auth/login",
    `/x/api/permits/${permit.id}/documents`,
  ]) {
    expect([path, await send(path)]).toEqual([path, 415]);
  }
  expect(await send(uploadAddress(permit.id), "PUT")).toBe(415);
  expect(await send(uploadAddress(permit.id), "PATCH")).toBe(415);
  const encoded = { "content-type": "image/png", "content-encoding": "gzip" };
  const zipped = await officer.send(uploadAddress(permit.id), { method: "POST", headers: encoded, body: samplePng() });
  expect(zipped.status).toBe(415);
});

test("random bytes are never kept", async () => {
  for (let round = 0; round < 20; round++) {
    expect((await sender.post(Buffer.from(randomBytes(1 + round * 500)))).status).toBe(415);
  }
  expect(await countsOf(api)).toEqual(before);
});
