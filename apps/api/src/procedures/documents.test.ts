import { createHash } from "node:crypto";
import { appendFileSync, chmodSync, rmSync, writeFileSync } from "node:fs";
import type { Document } from "@countersign/db/documents";
import { afterAll, beforeAll, expect, test } from "vitest";
import { doneOf } from "../approvals/done-of.ts";
import { addFile, countsOf, createPermit, documentFeatures, filesIn, sendFile } from "../documents/testing/office.ts";
import { sampleJpeg, samplePdf, samplePng } from "../documents/testing/sample-files.ts";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let officer: Person;
let permit: { id: number; permitNumber: string };
beforeAll(async () => {
  api = await createTestApi();
  officer = await api.person(documentFeatures, "Olga Officer");
  permit = await createPermit(officer);
});
afterAll(() => api.close());

const sha256 = (file: Uint8Array): string => createHash("sha256").update(file).digest("hex");
const eventsOf = (id: number) => api.stored({ objectType: "document", objectId: String(id) });
const content = (by: Person, id: number | string): Promise<Response> => by.get(`/api/documents/${id}/content`);
const keyOf = async (id: number): Promise<string> =>
  String((await api.database.admin.sql`select storage_key from documents where id = ${id}`)[0]?.storage_key);
const pathOf = async (id: number): Promise<string> => {
  const key = await keyOf(id);
  return filesIn(api.files).find((path) => path.endsWith(key))!;
};
const refusedWith = async (answer: Response) => {
  const { error } = (await answer.json()) as { error: Record<string, unknown> };
  return { status: answer.status, ...error };
};
const verify = async (input: Parameters<Person["trpc"]["documents"]["verify"]["mutate"]>[0], by = officer) =>
  doneOf(await by.trpc.documents.verify.mutate(input));

test("an uploaded file belongs to its permit, and its event tells name, size and hash but nothing of what is in it", async () => {
  const file = samplePdf("very secret content");
  const document = await addFile(officer, permit.id, { name: "Übersicht 許可.pdf", kind: "site plan", file });
  expect(document).toMatchObject({
    permit,
    name: "Übersicht 許可.pdf",
    kind: "site plan",
    mediaType: "application/pdf",
    size: file.length,
    sha256: sha256(file),
    state: "uploaded",
    uploadedBy: { id: officer.id, name: "Olga Officer" },
    verifiedAt: null,
    verifiedBy: null,
    version: 1,
  });
  expect(Object.keys(document)).not.toContain("storageKey");
  const [event, ...others] = await eventsOf(document.id);
  expect(others).toEqual([]);
  expect(event).toMatchObject({
    code: "document_upload",
    status: "success",
    actor: { label: "Olga Officer" },
    object: { type: "document", id: String(document.id), label: "Übersicht 許可.pdf" },
    target: { type: "permit", id: String(permit.id), label: permit.permitNumber },
    requestMethod: "POST",
    endpoint: `/api/permits/${permit.id}/documents`,
    changes: {
      name: { old: null, new: "Übersicht 許可.pdf" },
      kind: { old: null, new: "site plan" },
      media_type: { old: null, new: "application/pdf" },
      size: { old: null, new: file.length },
      sha256: { old: null, new: sha256(file) },
      state: { old: null, new: "uploaded" },
    },
  });
  expect(JSON.stringify([event, api.logged])).not.toContain("very secret content");
  expect(await keyOf(document.id)).toMatch(/^[0-9a-f]{64}$/);
});

test("each of the three kinds can be added, and comes back byte for byte as an attachment that can do nothing", async () => {
  const files = [
    { name: "plan.pdf", type: "application/pdf", file: samplePdf("plan") },
    { name: "photo.JPEG", type: "image/jpeg", file: sampleJpeg() },
    { name: "a'b\"c 許可.png", type: "image/png", file: samplePng() },
  ];
  for (const { name, type, file } of files) {
    const { id } = await addFile(officer, permit.id, { name, type, file });
    const answer = await content(officer, id);
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).equals(file)).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": type,
      "content-length": String(file.length),
      "content-disposition": expect.stringMatching(/^attachment; filename="/),
      "content-security-policy": expect.stringContaining("sandbox"),
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "cross-origin-resource-policy": "same-origin",
    });
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      code: "document_download",
      status: "success",
      object: { label: name },
      target: { type: "permit", label: permit.permitNumber },
      metadata: { size: file.length, sha256: sha256(file) },
      changes: null,
    });
  }
});

test("documents are listed by permit, newest first and page by page, and can be read one by one", async () => {
  const other = await createPermit(officer);
  const added = [];
  for (const name of ["a.pdf", "b.pdf", "c.pdf"]) added.push(await addFile(officer, other.id, { name }));
  const page = await officer.trpc.documents.list.query({ permitId: other.id, limit: 2 });
  expect(page.items.map(({ name }) => name)).toEqual(["c.pdf", "b.pdf"]);
  const rest = await officer.get(`/api/permits/${other.id}/documents?limit=2&cursor=${page.nextCursor}`);
  expect(await rest.json()).toEqual({ items: [added[0]], nextCursor: null });
  const { document } = await officer.trpc.documents.get.query({ documentId: added[1]!.id });
  expect(document).toEqual(added[1]);
  expect(await refusalOf(officer.trpc.documents.list.query({ permitId: 999_999 }))).toMatchObject({ httpStatus: 404 });
  expect(await refusalOf(officer.trpc.documents.get.query({ documentId: 999_999 }))).toMatchObject({ httpStatus: 404 });
});

test("nothing is sent before its event is kept", async () => {
  const { id } = await addFile(officer, permit.id);
  const { admin } = api.database;
  await admin.sql`alter table audit_outbox add constraint no_more check (false) not valid`;
  try {
    const answer = await content(officer, id);
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(await answer.text()).not.toContain("%PDF");
  } finally {
    await admin.sql`alter table audit_outbox drop constraint no_more`;
  }
});

test("a decision is made once, and its event tells the state and who found out", async () => {
  const { id } = await addFile(officer, permit.id);
  const { document, outcome } = await verify({
    documentId: id,
    decision: "accepted",
    reason: "compared with the paper",
  });
  expect(outcome).toBe("done");
  expect(document).toMatchObject({ state: "verified", verifiedBy: { name: "Olga Officer" }, version: 2 });
  expect((await eventsOf(id)).at(-1)).toMatchObject({
    code: "document_verify",
    status: "success",
    target: { type: "permit", label: permit.permitNumber },
    notes: "compared with the paper",
    changes: {
      state: { old: "uploaded", new: "verified" },
      verified_at: { old: null, new: document.verifiedAt },
      verified_by: { old: null, new: { id: String(officer.id), label: "Olga Officer" } },
    },
  });
  expect(await refusalOf(verify({ documentId: id, decision: "refused", reason: "no" }))).toMatchObject({
    httpStatus: 409,
    reason: "illegal_transition",
    message: "plan.pdf was verified already by Olga Officer.",
  });
  expect((await eventsOf(id)).at(-1)).toMatchObject({
    status: "failed",
    errorMessage: "plan.pdf was verified already by Olga Officer.",
  });
});

test("refusing a document needs a reason, and so does deleting one", async () => {
  const { id } = await addFile(officer, permit.id);
  expect(await refusalOf(verify({ documentId: id, decision: "refused" }))).toMatchObject({
    httpStatus: 422,
    message: "Nothing was changed: say why the document is refused.",
    fields: [{ path: "reason", rule: "required" }],
  });
  const { document } = await verify({ documentId: id, decision: "refused", reason: "cannot be read" });
  expect(document.state).toBe("refused");
  const bare = { documentId: id } as { documentId: number; reason: string };
  expect(await refusalOf(officer.trpc.documents.delete.mutate(bare))).toMatchObject({ httpStatus: 422 });
});

test("of twenty decisions at once one has an effect", async () => {
  const { id } = await addFile(officer, permit.id);
  const tries = Array.from({ length: 20 }, (_, index) =>
    verify({ documentId: id, decision: index % 2 === 0 ? "accepted" : "refused", reason: "at once" }),
  );
  const settled = await Promise.allSettled(tries);
  expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const events = (await eventsOf(id)).filter(({ code }) => code === "document_verify");
  expect(events.map(({ status }) => status).sort()).toEqual([...Array(19).fill("failed"), "success"]);
});

test("a file that was changed behind our back is neither accepted nor sent, and that is recorded", async () => {
  const { id } = await addFile(officer, permit.id);
  const path = await pathOf(id);
  chmodSync(path, 0o600);
  appendFileSync(path, "%");
  const notWhatItWas = expect.stringContaining("is not the one that was uploaded");
  const mismatch = { httpStatus: 409, reason: "content_mismatch" };
  expect(await refusalOf(verify({ documentId: id, decision: "accepted" }))).toMatchObject(mismatch);
  expect(await refusedWith(await content(officer, id))).toMatchObject({ status: 409, code: "content_mismatch" });
  expect((await eventsOf(id)).slice(1)).toMatchObject([
    {
      code: "document_verify",
      status: "failed",
      errorMessage: notWhatItWas,
      changes: null,
      object: { label: "plan.pdf" },
    },
    { code: "document_download", status: "failed", errorMessage: notWhatItWas, changes: null },
  ]);
  expect((await officer.trpc.documents.get.query({ documentId: id })).document).toMatchObject({
    state: "uploaded",
    version: 1,
  });
  rmSync(path);
  expect(await refusalOf(verify({ documentId: id, decision: "accepted" }))).toMatchObject({
    reason: "content_missing",
  });
  expect(await refusedWith(await content(officer, id))).toMatchObject({ status: 409, code: "content_missing" });
});

test("a file that is changed while it is sent does not arrive whole", async () => {
  const file = samplePng(1500, [["zzZz", Buffer.alloc(300_000, 7)]]);
  const { id } = await addFile(officer, permit.id, { name: "a.png", type: "image/png", file });
  const answer = await content(officer, id);
  writeFileSync(await pathOf(id), Buffer.alloc(file.length));
  let arrived = 0;
  const reading = (async () => {
    for await (const piece of answer.body!) arrived += piece.length;
  })();
  await expect(reading).rejects.toMatchObject({ reason: "content_mismatch" });
  expect(arrived).toBeLessThan(file.length);
});

test("a deleted document takes its file with it, and its event keeps what it was", async () => {
  const file = samplePdf("to be deleted");
  const document = await addFile(officer, permit.id, { name: "old.pdf", file });
  const before = await countsOf(api);
  const answer = await officer.trpc.documents.delete.mutate({ documentId: document.id, reason: "entered twice" });
  expect(answer).toMatchObject({ name: "old.pdf", outcome: "done", receipt: { id: expect.any(String) } });
  expect((await eventsOf(document.id)).at(-1)).toMatchObject({
    code: "document_delete",
    status: "success",
    notes: "entered twice",
    object: { id: String(document.id), label: "old.pdf" },
    target: { label: permit.permitNumber },
    changes: {
      name: { old: "old.pdf", new: null },
      size: { old: file.length, new: null },
      sha256: { old: sha256(file), new: null },
    },
  });
  const { documents, noted, stored } = before as { documents: number; noted: number; stored: number };
  expect(await countsOf(api)).toEqual({ documents: documents - 1, noted: noted - 1, stored: stored - 1 });
  expect((await content(officer, document.id)).status).toBe(404);
  const again = officer.trpc.documents.delete.mutate({ documentId: document.id, reason: "again" });
  expect(await refusalOf(again)).toMatchObject({ httpStatus: 404 });
});

test("a permit with documents cannot be deleted", async () => {
  const kept = await createPermit(officer);
  const { id } = await addFile(officer, kept.id);
  const remove = () => officer.trpc.permits.delete.mutate({ permitId: kept.id, reason: "entered twice" });
  expect(await refusalOf(remove())).toMatchObject({ httpStatus: 409, reason: "has_documents" });
  await officer.trpc.documents.delete.mutate({ documentId: id, reason: "first" });
  expect(await remove()).toMatchObject({ outcome: "done" });
});

test("a version that is not the current one is refused", async () => {
  const { id } = await addFile(officer, permit.id);
  const stale = { httpStatus: 409, reason: "stale_version" };
  expect(await refusalOf(verify({ documentId: id, version: 2, decision: "accepted" }))).toMatchObject(stale);
  expect(
    await refusalOf(officer.trpc.documents.delete.mutate({ documentId: id, version: 7, reason: "x" })),
  ).toMatchObject(stale);
});

test("whoever lacks the feature gets nothing, and each try is recorded as denied", async () => {
  const document = await addFile(officer, permit.id);
  const reader = await api.person(["documents.read"]);
  const uploader = await api.person(["documents.upload"]);
  expect((await sendFile(reader, permit.id)).status).toBe(403);
  expect((await content(uploader, document.id)).status).toBe(403);
  expect((await content(reader, document.id)).status).toBe(200);
  expect(await refusalOf(verify({ documentId: document.id, decision: "accepted" }, reader))).toMatchObject({
    httpStatus: 403,
  });
  expect(await api.stored({ actorId: String(reader.id) })).toMatchObject([
    { code: "document_upload", status: "denied", target: { type: "permit", id: String(permit.id) }, object: null },
    { code: "document_download", status: "success" },
    { code: "document_verify", status: "denied", object: { id: String(document.id), label: "plan.pdf" } },
  ]);
  expect(await api.stored({ actorId: String(uploader.id) })).toMatchObject([
    { code: "document_download", status: "denied", object: { id: String(document.id), label: "plan.pdf" } },
  ]);
  const nobody = api.caller();
  expect((await nobody.get(`/api/documents/${document.id}/content`)).status).toBe(401);
  expect((await nobody.get(`/api/permits/${permit.id}/documents`)).status).toBe(401);
});

test.each(["0", "-1", "1.5", "1e3", "abc", "9007199254740993", "99999999999999999999", "1'or'1'='1"])(
  "the document %s is refused as it is spelt",
  async (id) => {
    expect([404, 422]).toContain((await content(officer, encodeURIComponent(id))).status);
  },
);

test("asking only for the headers of a file is no download and is not told of as one", async () => {
  const { id } = await addFile(officer, permit.id);
  const answer = await officer.send(`/api/documents/${id}/content`, { method: "HEAD" });
  expect(answer.status).toBe(405);
  expect((await eventsOf(id)).map(({ code }: { code: string }) => code)).toEqual(["document_upload"]);
});

test("the kinds that the office no longer wants are refused", async () => {
  api.settings["document.media_types"] = ["pdf"];
  try {
    const answer = await sendFile(officer, permit.id, { name: "a.png", type: "image/png", file: samplePng() });
    expect(await refusedWith(answer)).toMatchObject({ status: 415, code: "media_type" });
    expect((await addFile(officer, permit.id)).id).toBeGreaterThan(0);
  } finally {
    delete api.settings["document.media_types"];
  }
});

test("every document of this suite that is left is stored, noted and whole", async () => {
  const { documents, noted, stored } = await countsOf(api);
  expect(noted).toBe(documents);
  // One was removed from the disk by hand above.
  expect(stored).toBe((documents ?? 0) - 1);
  const names: Document["name"][] = (await officer.trpc.documents.list.query({ permitId: permit.id })).items.map(
    (one) => one.name,
  );
  expect(names.length).toBeGreaterThan(5);
});
