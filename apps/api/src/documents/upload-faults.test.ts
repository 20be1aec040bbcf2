import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestApi, type Person, type TestApi } from "../testing.ts";
import { listen } from "../testing-server.ts";
import { createLocalStorage } from "./local-storage.ts";
import { mostAtOnce, mostFromOne } from "./receive.ts";
import { addFile, countsOf, createPermit, documentFeatures, filesIn, sendFile, smallDisk } from "./testing/office.ts";
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

/** A whole PNG of exactly this many bytes. */
const pngOf = (bytes: number) => samplePng(8, [["zzZz", Buffer.alloc(bytes - samplePng().length - 12)]]);
const pdf = { type: "application/pdf", name: "plan.pdf" };

test("a caller who goes away in the middle leaves nothing but the event of it", async () => {
  const file = pngOf(900_000);
  await sender.byHand(file.length, file.subarray(0, 400_000), { cut: true });
  await eventually(async () => {
    expect(await lastEvent()).toMatchObject({
      status: "failed",
      errorMessage: "Nothing was kept: the file ended before it was complete.",
    });
    expect(await countsOf(api)).toEqual(before);
  });
});

test("a refusal in the middle of a file is heard, although more was announced", async () => {
  expect(await sender.byHand(900_000, Buffer.from("<html><script>alert(1)</script>"))).toMatch(/^HTTP\/1\.1 415 /);
  const pieces = async function* () {
    yield pngOf(2_000_000).subarray(0, 400_000);
    yield Buffer.alloc(700_000);
    await new Promise(() => undefined);
  };
  const stop = new AbortController();
  expect((await sender.send(pieces(), {}, { signal: stop.signal })).status).toBe(413);
  stop.abort();
  await eventually(async () => expect(await countsOf(api)).toEqual(before));
});

test("a file for a permit that is not there is refused before it is read", async () => {
  const heard = await sender.byHand(900_000, samplePng(), { to: 999_999 });
  expect(heard).toMatch(/^HTTP\/1\.1 404 /);
  expect(await countsOf(api)).toEqual(before);
});

test("a permit that is deleted while its file arrives gets none", async () => {
  const short = await createPermit(officer);
  let goOn: () => void = () => undefined;
  const deleted = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const slowly = async function* () {
    const file = samplePdf("late");
    yield file.subarray(0, 100);
    await deleted;
    yield file.subarray(100);
  };
  const answer = sender.send(slowly(), pdf, { permitId: short.id });
  await eventually(async () => expect((await countsOf(api)).noted).toBe((before.noted ?? 0) + 1));
  await officer.trpc.permits.delete.mutate({ permitId: short.id, reason: "entered twice" });
  goOn();
  expect((await answer).status).toBe(404);
  expect(await countsOf(api)).toEqual(before);
  expect(await lastEvent()).toMatchObject({
    code: "document_upload",
    status: "failed",
    target: { id: String(short.id) },
  });
});

test("two files at once, even the very same, are two documents", async () => {
  const [one, two] = await Promise.all([addFile(officer, permit.id), addFile(officer, permit.id)]);
  expect(one?.id).not.toBe(two?.id);
  expect(one?.sha256).toBe(two?.sha256);
  const { documents = 0, noted = 0, stored } = before;
  expect(await countsOf(api)).toEqual({ documents: documents + 2, noted: noted + 2, stored: stored + 2 });
});

/** Begins as many files of each as one may send at once and leaves them there; `stop` hangs up. */
const keepSending = async (people: readonly Person[]) => {
  const hangUp = new AbortController();
  const half = async function* () {
    yield samplePdf("x").subarray(0, 50);
    await new Promise(() => undefined);
  };
  const waiting = people.flatMap((person) =>
    Array.from({ length: mostFromOne }, () =>
      createSender(server.url, api, person, permit.id)
        .send(half(), pdf, { signal: hangUp.signal })
        .catch(() => undefined),
    ),
  );
  await eventually(async () => expect((await countsOf(api)).noted).toBe((before.noted ?? 0) + waiting.length));
  return async (): Promise<void> => {
    hangUp.abort();
    await Promise.all(waiting);
    await eventually(async () => expect(await countsOf(api)).toEqual(before));
  };
};

test("no more files are received at once than the process can bear", async () => {
  const people = Array.from({ length: mostAtOnce / mostFromOne }, () => api.person(documentFeatures));
  const stop = await keepSending(await Promise.all(people));
  const refused = await sendFile(officer, permit.id);
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("2");
  expect((await officer.get("/api/permits")).status).toBe(200);
  await stop();
  expect((await sendFile(officer, permit.id)).status).toBe(200);
});

test("one who sends many files slowly keeps nobody else from sending", async () => {
  const mallory = await api.person(documentFeatures, "Mallory");
  const stop = await keepSending([mallory]);
  const { token } = await api.services.accounts.sessions.create(api.database.api, {
    userId: mallory.id,
    ip: undefined,
    userAgent: undefined,
  });
  const again = { ...mallory, ...api.caller({ token }) };
  expect((await sendFile(again, permit.id)).status).toBe(503);
  const other = await sendFile(officer, permit.id);
  expect(other.status).toBe(200);
  const { document } = (await other.json()) as { document: { id: number } };
  await officer.trpc.documents.delete.mutate({ documentId: document.id, reason: "only a try" });
  await stop();
  expect((await sendFile(mallory, permit.id)).status).toBe(200);
});

test("files do not take the room that the log needs, not even those under way", async () => {
  const { limits, measure } = api.capacity;
  const fill = async (minFreeBytes: number): Promise<void> => {
    Object.assign(limits, { folder: api.files, minFreeBytes });
    await measure();
  };
  try {
    const full = async function* () {
      const file = samplePng();
      yield file.subarray(0, 40);
      await fill(Number.MAX_SAFE_INTEGER);
      yield file.subarray(40, 60);
      await new Promise(() => undefined);
    };
    // It never ends: whoever waits for the whole of it hears nothing.
    const answer = await sender.send(full(), {}, { signal: AbortSignal.timeout(5000) });
    expect([answer.status, await answer.json()]).toMatchObject([503, { error: { code: "capacity" } }]);
    expect(await countsOf(api)).toEqual(before);
    expect(await sender.post(samplePng())).toMatchObject({ status: 503, code: "capacity" });
    expect(await countsOf(api)).toEqual(before);
  } finally {
    await fill(0);
  }
  expect((await sender.post(samplePng())).status).toBe(200);
});

test("a full disk answers 503, and nothing was changed", async (context) => {
  const disk = smallDisk();
  if (disk === null) return context.skip("a small disk can only be mounted by root on Linux");
  const full = Object.create(api.services, {
    documents: { value: createLocalStorage(disk.folder) },
  }) as typeof api.services;
  const other = await listen(full);
  try {
    const to = { url: other.url, headers: { origin: other.url } };
    const answer = await sender.send(pngOf(900_000), {}, to);
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("60");
    expect(await answer.json()).toMatchObject({ error: { code: "storage_full" } });
    expect(filesIn(disk.folder)).toEqual([]);
    expect(await countsOf(api)).toEqual(before);
  } finally {
    await other.close();
    disk.release();
  }
});

test("a file that was kept is taken away again when its act cannot be recorded", async () => {
  const { admin } = api.database;
  await admin.sql`alter table documents add constraint no_more check (false) not valid`;
  try {
    expect((await sendFile(officer, permit.id)).status).toBe(500);
  } finally {
    await admin.sql`alter table documents drop constraint no_more`;
  }
  expect(await countsOf(api)).toEqual(before);
});

test("when nobody knows whether the act was recorded its file stays, noted for the sweep", async () => {
  const { admin } = api.database;
  await admin.sql.unsafe(`
    create function die() returns trigger language plpgsql security definer as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
    create constraint trigger die after insert on documents deferrable initially deferred for each row execute function die()`);
  try {
    const answer = await sendFile(officer, permit.id);
    expect(await answer.json()).toMatchObject({ error: { code: "outcome_unknown" } });
  } finally {
    await admin.sql.unsafe("drop trigger die on documents; drop function die()");
  }
  const { documents, noted = 0, stored } = before;
  expect(await countsOf(api)).toEqual({ documents, noted: noted + 1, stored: stored + 1 });
});

test("an upload that took longer than the sweep waits is refused", async () => {
  const stop = api.database.admin.sql;
  await stop.unsafe(`
    create function age() returns trigger language plpgsql as $$ begin new.created_at = now() - interval '51 minutes'; return new; end $$;
    create trigger age before insert on document_files for each row execute function age()`);
  try {
    const answer = await sendFile(officer, permit.id);
    expect([answer.status, await answer.json()]).toMatchObject([409, { error: { code: "upload_expired" } }]);
  } finally {
    await stop.unsafe("drop trigger age on document_files; drop function age()");
  }
  expect(await countsOf(api)).toEqual(before);
});
