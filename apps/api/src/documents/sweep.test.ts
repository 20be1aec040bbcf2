import { randomBytes } from "node:crypto";
import { forgetFile, insertDocument, noteFile } from "@countersign/db/documents";
import { inTransaction } from "@countersign/db/transaction";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, type TestApi } from "../testing.ts";
import { newStorageKey } from "./storage.ts";
import { sweepFiles, watchFiles } from "./sweep.ts";
import { addFile, countsOf, createPermit, documentFeatures } from "./testing/office.ts";
import { eventually } from "./testing/sender.ts";

let api: TestApi;
let officer: Person;
let permit: { id: number };
beforeAll(async () => {
  api = await createTestApi();
  officer = await api.person(documentFeatures);
  permit = await createPermit(officer);
});
afterAll(() => api.close());

const sweep = () => sweepFiles(api.database.api, api.services.documents);
const age = async (minutes: number) => {
  await api.database.admin.sql`update document_files set created_at = created_at - make_interval(mins => ${minutes})`;
};
const one = async function* () {
  yield randomBytes(10);
};
/** A file whose process ended before its document was added. */
const abandoned = async (): Promise<string> => {
  const key = newStorageKey(randomBytes);
  await noteFile(api.database.api, key);
  await api.services.documents.put(key, one());
  return key;
};

test("a file that no document refers to is removed once it is older than an hour, and no other", async () => {
  const { id } = await addFile(officer, permit.id);
  const key = await abandoned();
  await age(59);
  expect(await sweep()).toBe(0);
  expect(await countsOf(api)).toEqual({ documents: 1, noted: 2, stored: 2 });
  await age(2);
  const young = await abandoned();
  expect(await sweep()).toBe(1);
  expect(await api.services.documents.open(key)).toBeNull();
  expect(await countsOf(api)).toEqual({ documents: 1, noted: 2, stored: 2 });
  expect((await officer.get(`/api/documents/${id}/content`)).status).toBe(200);
  await api.services.documents.remove(young);
  await forgetFile(api.database.api, young);
});

test("what was noted and never written is forgotten, and so is what a deletion left on the disk", async () => {
  await noteFile(api.database.api, newStorageKey(randomBytes));
  const { id } = await addFile(officer, permit.id);
  // As if the process had ended between the deletion and the removal of the file.
  await api.database.admin.sql`delete from documents where id = ${id}`;
  const { documents, noted = 0, stored } = await countsOf(api);
  await age(61);
  expect(await sweep()).toBe(2);
  expect(await countsOf(api)).toEqual({ documents, noted: noted - 2, stored: stored - 1 });
});

test("more files than one look finds are all removed", async () => {
  const sql = api.database.admin.sql;
  await sql`insert into document_files select encode(sha256(convert_to(n::text, 'UTF8')), 'hex'), now() - interval '2 hours' from generate_series(1, 250) n`;
  expect(await sweep()).toBe(250);
  expect(await sweep()).toBe(0);
});

test("a file is never forgotten while a document refers to it, nor can one refer to a file that was forgotten", async () => {
  const { id } = await addFile(officer, permit.id);
  const before = await countsOf(api);
  const [row] = await api.database.admin.sql<
    { key: string }[]
  >`select storage_key as key from documents where id = ${id}`;
  await forgetFile(api.database.api, row!.key);
  expect(await countsOf(api)).toEqual(before);
  const orphan = {
    permitId: permit.id,
    name: "a.pdf",
    kind: "plan",
    mediaType: "application/pdf",
    size: 1,
    sha256: randomBytes(32),
    storageKey: newStorageKey(randomBytes),
  };
  const insert = inTransaction(api.database.api, (tx) =>
    insertDocument(tx, orphan, { by: officer.id, at: new Date(api.clock.now()).toISOString() }),
  );
  expect(await insert).toBeUndefined();
});

test("the watch sweeps at once and says what it removed, and a storage that fails keeps the note for the next time", async () => {
  const key = await abandoned();
  await age(61);
  const swept: number[] = [];
  const errors: unknown[] = [];
  const hooks = { onSwept: (files: number) => swept.push(files), onError: (error: unknown) => errors.push(error) };
  const broken = { ...api.services.documents, remove: () => Promise.reject(new Error("the storage is away")) };
  watchFiles(api.database.api, broken, hooks).stop();
  await eventually(async () => expect(errors).toHaveLength(1));
  expect(await api.services.documents.open(key).then((opened) => opened?.stream.destroy().destroyed)).toBe(true);
  watchFiles(api.database.api, api.services.documents, hooks).stop();
  await eventually(async () => expect(swept).toEqual([1]));
  expect(await api.services.documents.open(key)).toBeNull();
});
