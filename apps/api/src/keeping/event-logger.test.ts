import { inTransaction } from "@countersign/db/transaction";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LogEntry } from "../domain/log-entry.ts";
import { createTestApi, type Person, type TestApi } from "../testing.ts";
import { eventLogger } from "./event-logger.ts";

let api: TestApi;
let ann: Person;
beforeAll(async () => {
  api = await createTestApi();
  ann = await api.person(["permits.create", "permits.assign", "permits.read", "audit.read"], "Ann");
});
afterAll(() => api.close());

type Logger = ReturnType<ReturnType<typeof eventLogger>>;
const logged = <Result>(work: (logger: Logger) => Result | Promise<Result>): Promise<Result> =>
  inTransaction(api.database.api, async (tx) => work(eventLogger(api.services)(tx)));
const user = () => ({ id: ann.id, name: ann.name, roles: [ann.role] });
/** A row without what is its own alone. */
const alike = ({
  id: _,
  receivedAt: _at,
  occurredAt: _when,
  requestId: _request,
  leafHash: _hash,
  ...rest
}: LogEntry) => rest;

test("an event of an act is the same row, logged or by HTTP", async () => {
  const { permit } = await ann.trpc.permits.create.mutate({ type: "building", holderName: "Bo" });
  const bob = await api.person(["permits.read"], "Bob");
  await ann.trpc.permits.assign.mutate({ permitId: permit.id, userId: bob.id, reason: "holiday" });
  const [created, assigned] = await api.stored({ actorId: String(ann.id) });
  const request = (endpoint: string) => ({ method: "POST", endpoint, ip: "192.0.2.1", userAgent: "test" });
  const receipts = await logged((logger) => [
    logger.logPermitAction("permit_create", permit, user(), {
      changes: created?.changes ?? {},
      request: request("/trpc/permits.create"),
    }),
    logger.logEvent("permit_assign", {
      user: user(),
      contentType: "permit",
      objectId: permit.id,
      objectDescription: permit.permitNumber,
      changes: assigned?.changes ?? {},
      notes: "holiday",
      target: { type: "user", id: String(bob.id), label: "Bob" },
      request: request("/trpc/permits.assign"),
    }),
  ]);
  const rows = await api.stored({ actorId: String(ann.id) });
  expect(rows).toHaveLength(4);
  expect(rows.slice(2).map(({ id }) => id)).toEqual(receipts.map((receipt) => receipt?.id));
  expect(rows.slice(2).map(alike)).toEqual([created, assigned].map((row) => row && alike(row)));
});

test("an event with its code alone is stored", async () => {
  const receipt = await logged((logger) => logger.logEvent("report_generate"));
  expect(await api.stored({ codes: ["report_generate"] })).toMatchObject([
    {
      id: receipt?.id,
      status: "success",
      severity: "low",
      actor: { type: "anonymous", id: null },
      object: null,
      changes: null,
    },
  ]);
});

test("what a transaction logged is gone with it, and nobody is told of it", async () => {
  const before = api.published.length;
  const undone = logged((logger) => {
    logger.logUserAction("user_update", { id: 99, name: "Zoe" }, user(), { notes: "undone" });
    throw new Error("something else failed");
  });
  await expect(undone).rejects.toThrow("something else failed");
  expect(await api.stored({ codes: ["user_update"] })).toEqual([]);
  expect(api.published).toHaveLength(before);
  await logged((logger) => logger.logUserAction("user_update", { id: 99, name: "Zoe" }, user()));
  expect(api.published).toHaveLength(before + 1);
  expect(await api.stored({ codes: ["user_update"] })).toMatchObject([
    { object: { type: "user", id: "99", label: "Zoe" } },
  ]);
});

test("an event of a type that is switched off has no receipt and is counted", async () => {
  await api.database.admin.sql`update event_types set enabled = false where code = 'permit_export'`;
  await api.services.eventTypes.refresh();
  expect(await logged((logger) => logger.logEvent("permit_export", { user: user() }))).toBeNull();
  expect(await api.stored({ codes: ["permit_export"] })).toEqual([]);
  expect(await api.database.admin.sql`select count::int from suppressed_day where code = 'permit_export'`).toEqual([
    { count: 1 },
  ]);
});

test("the shell recipe: log the creation of permit 1 and look at the last event", async () => {
  await logged((logger) =>
    logger.logEvent("permit_create", { user: user(), contentType: "permit", objectId: 1, objectDescription: "Test" }),
  );
  await api.stored();
  const { entries } = await logged((logger) => logger.getEventLogs({ limit: 1 }));
  expect(entries).toMatchObject([{ code: "permit_create", object: { type: "permit", id: "1", label: "Test" } }]);
});

test("activity, history and logs find what the HTTP calls find, page by page", async () => {
  await logged((logger) => {
    for (let count = 0; count < 3; count++) logger.logPermitAction("permit_update", { id: 77 }, user());
  });
  await api.stored();
  const history = await logged((logger) => logger.getObjectHistory("permit", 77));
  const http = await ann.trpc.audit.objectHistory.query({ objectType: "permit", objectId: "77" });
  expect(history.entries).toHaveLength(3);
  expect(history).toEqual(http);
  const first = await logged((logger) => logger.getObjectHistory("permit", 77, { limit: 2 }));
  const rest = await logged((logger) => logger.getObjectHistory("permit", 77, { limit: 2, cursor: first.nextCursor }));
  expect([...first.entries, ...rest.entries]).toEqual(history.entries);
  expect(rest.nextCursor).toBeNull();
  const activity = await logged((logger) => logger.getUserActivity({ id: ann.id }));
  expect(activity).toEqual(await ann.trpc.audit.userActivity.query({ userId: ann.id }));
  expect((await logged((logger) => logger.getEventLogs({ codes: ["permit_update"] }))).entries).toEqual(
    history.entries,
  );
});

test("activity reaches back as many days as asked and no further", async () => {
  await logged((logger) =>
    logger.logEvent("document_upload", { user: { id: 555 }, contentType: "document", objectId: 1 }),
  );
  api.clock.move(3 * 86_400_000);
  await api.stored();
  const found = async (days: number) =>
    (await logged((logger) => logger.getUserActivity({ id: 555 }, { days }))).entries.length;
  expect([await found(2), await found(4)]).toEqual([0, 1]);
});
