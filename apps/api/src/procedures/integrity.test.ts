import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { verifyLogProof } from "@countersign/audit/ledger/proof";
import { verifyReceipt } from "@countersign/audit/ledger/receipt";
import { formatVkey, parseVkey } from "@countersign/audit/ledger/vkey";
import { listLedgerKeys } from "@countersign/db/sealing";
import { requestedVerification } from "@countersign/db/verification-records";
import { nodeCrypto } from "@countersign/service/crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let auditor: Person;
let portal: Person;
beforeAll(async () => {
  api = await createTestApi();
  auditor = await api.person(["audit.read"], "Aldo Auditor");
  portal = await api.person(["audit.write"], "Portal");
});
afterAll(() => api.close());

const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const record = (notes: string) => portal.trpc.events.record.mutate({ code: "permit_export", notes });

test("an event is proven by a file that needs neither us nor our database, and its details open what the leaf commits to", async () => {
  const { receipt } = await record("to be proven");
  const key = await api.sealed();
  const { file, details, salt, index, size } = await auditor.trpc.integrity.proof.query({ id: String(receipt?.id) });
  const trust = { origin: key.name, keys: [key] };
  const opening = { details: String(details), salt: fromBase64(String(salt)) };
  const verified = verifyLogProof(file, trust, nodeCrypto, opening);
  expect(verified).toMatchObject({ ok: true, value: { trust: "signed", index, details: "opened" } });
  expect(size).toBeGreaterThan(index);
  const other = { ...opening, details: opening.details.replace("to be proven", "not so at all") };
  expect(verifyLogProof(file, trust, nodeCrypto, other)).toEqual({ ok: false, reason: "details_differ" });
  const download = await auditor.get(`/api/audit/events/${receipt?.id}/proof.tlog-proof`);
  expect(download.headers.get("content-disposition")).toBe(`attachment; filename="${receipt?.id}.tlog-proof"`);
  expect(await download.text()).toBe(file);
});

test("any flipped character of a proof makes it worthless", async () => {
  const { receipt } = await record("flip me");
  const key = await api.sealed();
  const { file } = await auditor.trpc.integrity.proof.query({ id: String(receipt?.id) });
  const trust = { origin: key.name, keys: [key] };
  for (let at = 0; at < file.length; at += 7) {
    const flipped = file.slice(0, at) + String.fromCharCode(file.charCodeAt(at) ^ 1) + file.slice(at + 1);
    expect([at, verifyLogProof(flipped, trust, nodeCrypto).ok]).toEqual([at, false]);
  }
});

test("what is not under a checkpoint yet says so, and what is not there at all is 404", async () => {
  await api.sealed();
  const { receipt } = await record("too early");
  await api.stored();
  const early = auditor.trpc.integrity.proof.query({ id: String(receipt?.id) });
  expect(await refusalOf(early)).toMatchObject({ httpStatus: 409, reason: "not_sealed", retryAfterS: 2 });
  const missing = auditor.trpc.integrity.proof.query({ id: "0192f5b2-7c1e-7b3a-9d7e-1234567890ab" });
  expect(await refusalOf(missing)).toMatchObject({ httpStatus: 404 });
});

test("a receipt is signed by the receipt key, over one answer, and the same for the same event sent again", async () => {
  const id = api.services.recorder.seal({
    code: "permit_export",
    status: "success",
    actor: { type: "platform" },
    source: "app",
  })?.id;
  const event = { id: String(id), code: "permit_export" };
  const { results, signed } = await portal.trpc.events.recordMany.mutate({ events: [event, { code: "no such code" }] });
  const again = await portal.trpc.events.recordMany.mutate({ events: [event, { code: "no such code" }] });
  expect(again.signed).toEqual(signed);
  const keys = (await listLedgerKeys(api.services.db)).filter(({ kind }) => kind === "receipt");
  const key = parseVkey(String(keys[0]?.vkey), nodeCrypto.sha256)!;
  const [kept] = results;
  if (kept?.outcome !== "kept" || signed === null) throw new Error("nothing was kept");
  const items = [{ ...kept.receipt, leafHash: fromBase64(kept.receipt.leafHash) }];
  expect(verifyReceipt(signed, items, key, nodeCrypto)).toBe("ok");
  const other = [{ ...items[0]!, receivedAt: "2020-01-01T00:00:00.000Z" }];
  expect(verifyReceipt(signed, other, key, nodeCrypto)).toBe("bad_signature");
});

test("the state of the log names its newest checkpoint, how many wait for one, and its keys", async () => {
  const key = await api.sealed();
  await record("waits");
  await api.stored();
  const status = await auditor.trpc.integrity.status.query();
  expect(status).toMatchObject({ origin: key.name, epoch: 1, verifications: [] });
  expect(status.checkpoint?.note).toContain(`${key.name}\n${status.checkpoint?.size}\n`);
  expect(status.unsealed).toBeGreaterThan(0);
  expect(status.keys.map(({ kind }) => kind).sort()).toEqual(["log", "receipt"]);
});

test("the checkpoints are told a page at a time, the newest first, each as it was signed", async () => {
  for (const notes of ["one", "two", "three"]) {
    await record(notes);
    await api.sealed();
  }
  const whole = await auditor.trpc.integrity.checkpoints.query({ limit: 200 });
  const sizes = whole.items.map(({ size }) => size);
  expect(sizes).toEqual([...new Set(sizes)].sort((one, other) => other - one));
  expect(sizes.length).toBeGreaterThanOrEqual(3);
  const first = await auditor.trpc.integrity.checkpoints.query({ limit: 2 });
  const next = await auditor.trpc.integrity.checkpoints.query({ limit: 2, cursor: first.nextCursor });
  expect([...first.items, ...next.items]).toEqual(whole.items.slice(0, 4));
  expect(first.items[0]?.note.split("\n")[1]).toBe(String(sizes[0]));
  expect(whole.nextCursor).toBeNull();
});

test("looking at a proof is a view of the log and is recorded", async () => {
  const viewer = await api.person(["audit.read"], "Vera Viewer");
  const { receipt } = await record("seen");
  await api.sealed();
  await viewer.trpc.integrity.proof.query({ id: String(receipt?.id) });
  expect(await api.stored({ actorId: String(viewer.id) })).toMatchObject([
    { code: "audit_view_logs", metadata: { filter: { id: receipt?.id } } },
  ]);
});

test("a verification is asked for once at a time, by who may, and waits for a worker", async () => {
  const verifier = await api.person(["audit.read", "audit.verify"], "Vito Verifier");
  expect(await refusalOf(auditor.trpc.integrity.verify.mutate())).toMatchObject({ httpStatus: 403 });
  const { verificationId } = await verifier.trpc.integrity.verify.mutate();
  const { verifications, at } = await auditor.trpc.integrity.status.query();
  expect(verifications).toMatchObject([
    { id: verificationId, startedAt: expect.any(String), finishedAt: null, fromIndex: 0, done: 0, total: 0, ok: null },
  ]);
  expect(verifications[0]).toMatchObject({ startedBy: `user:${verifier.id}`, startedByName: "Vito Verifier" });
  expect(Date.parse(at)).toBeGreaterThanOrEqual(Date.parse(String(verifications[0]?.startedAt)));
  expect(await refusalOf(verifier.trpc.integrity.verify.mutate())).toMatchObject({
    httpStatus: 409,
    reason: "verification_under_way",
  });
  expect(await requestedVerification(api.services.db)).toMatchObject({ id: verificationId, fromIndex: 0 });
});

const hasOpenssl = spawnSync("openssl", ["version"]).stdout?.toString().startsWith("OpenSSL 3") ?? false;

test.skipIf(!hasOpenssl && process.env.CI !== "true")(
  "the script of the auditor's page proves an event with openssl alone, its details too, and no other",
  async () => {
    const { receipt } = await record("checked by hand");
    const vkey = formatVkey(await api.sealed());
    const { file, details, salt } = await auditor.trpc.integrity.proof.query({ id: String(receipt?.id) });
    const folder = await mkdtemp(join(tmpdir(), "countersign-proof-"));
    const script = fileURLToPath(new URL("../../../../docs/check-proof.sh", import.meta.url));
    const check = async (proof: string, opened: string) => {
      await writeFile(join(folder, "proof"), proof);
      await writeFile(join(folder, "details"), opened);
      const args = [script, join(folder, "proof"), vkey, join(folder, "details"), String(salt)];
      const { status, stdout } = spawnSync("bash", args, { encoding: "utf8" });
      return { status, said: stdout.trim().split("\n").at(-1) };
    };
    try {
      expect(await check(file, String(details))).toEqual({ status: 0, said: "The details are those of the event." });
      const otherDetails = String(details).replace("by hand", "by foot");
      expect(await check(file, otherDetails)).toEqual({
        status: 1,
        said: "NOT PROVEN: the details are not those of the event",
      });
      const index = /^index (\d+)$/m.exec(file)?.[1];
      const moved = file.replace(`index ${index}`, `index ${Number(index) - 1}`);
      expect((await check(moved, String(details))).said).toMatch(/^NOT PROVEN: the event is not in the tree/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
