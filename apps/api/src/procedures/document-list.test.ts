import { afterAll, beforeAll, expect, test } from "vitest";
import { addFile, createPermit, documentFeatures } from "../documents/testing/office.ts";
import { samplePdf, samplePng } from "../documents/testing/sample-files.ts";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let officer: Person;
let numbers: string[];
beforeAll(async () => {
  api = await createTestApi();
  officer = await api.person(documentFeatures, "Olga Officer");
  const one = await createPermit(officer);
  const other = await createPermit(officer);
  numbers = [one.permitNumber, other.permitNumber];
  await addFile(officer, one.id, { name: "plan 100 %.pdf", kind: "site plan", file: samplePdf("a") });
  await addFile(officer, other.id, { name: "Ünter.pdf", kind: "letter", file: samplePdf("b") });
  const photo = await addFile(officer, other.id, {
    name: "front.png",
    kind: "photo",
    type: "image/png",
    file: samplePng(),
  });
  await officer.trpc.documents.verify.mutate({ documentId: photo.id, decision: "accepted" });
});
afterAll(() => api.close());

type Query = NonNullable<Parameters<Person["trpc"]["documents"]["listAll"]["query"]>[0]>;
const names = async (query: Query) => (await officer.trpc.documents.listAll.query(query)).items.map(({ name }) => name);

test("documents of all permits are listed newest first, each with its permit, page by page", async () => {
  expect(await names({})).toEqual(["front.png", "Ünter.pdf", "plan 100 %.pdf"]);
  const first = await officer.trpc.documents.listAll.query({ limit: 2 });
  expect(first.items.map(({ permit }) => permit.permitNumber)).toEqual([numbers[1], numbers[1]]);
  const rest = await officer.trpc.documents.listAll.query({ limit: 2, cursor: first.nextCursor });
  expect(rest.items.map(({ name }) => name)).toEqual(["plan 100 %.pdf"]);
  expect(rest.nextCursor).toBeNull();
});

test("each filter narrows, and a search finds its characters and nothing else", async () => {
  expect(await names({ state: "verified" })).toEqual(["front.png"]);
  expect(await names({ state: "refused" })).toEqual([]);
  expect(await names({ mediaType: "application/pdf" })).toEqual(["Ünter.pdf", "plan 100 %.pdf"]);
  expect(await names({ search: "%" })).toEqual(["plan 100 %.pdf"]);
  expect(await names({ search: "ünter" })).toEqual(["Ünter.pdf"]);
  expect(await names({ search: "PHOTO" })).toEqual(["front.png"]);
  expect(await names({ search: numbers[0] ?? "" })).toEqual(["plan 100 %.pdf"]);
  expect(await names({ search: numbers[1] ?? "", mediaType: "image/png" })).toEqual(["front.png"]);
});

test.each<[string, object]>([
  ["a kind of file that nobody can add", { mediaType: "text/html" }],
  ["an unknown state", { state: "lost" }],
  ["a page of 201", { limit: 201 }],
])("%s is refused", async (_, query) => {
  expect(await refusalOf(officer.trpc.documents.listAll.query(query as Query))).toMatchObject({ httpStatus: 422 });
});

test("whoever may not read documents is refused and that is recorded", async () => {
  const stranger = await api.person(["permits.read"]);
  expect(await refusalOf(stranger.trpc.documents.listAll.query({}))).toMatchObject({ httpStatus: 403 });
  expect(await api.stored({ actorId: String(stranger.id) })).toMatchObject([
    { code: "sys_access_denied", status: "denied" },
  ]);
});
