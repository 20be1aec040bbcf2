import { keepEnvelope } from "@countersign/db/outbox";
import { createTestDatabase, type TestDatabase } from "@countersign/db/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { watchCapacity } from "./capacity.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const limits = { maxWaitingEvents: 10, maxAgeSeconds: 600, folder: undefined, minFreeBytes: 0 };
const never = (error: unknown): never => {
  throw error;
};
const watch = async (changed: Partial<Parameters<typeof watchCapacity>[1]>) => {
  const capacity = watchCapacity(database.api, { ...limits, ...changed }, never, 3_600_000);
  await capacity.measure();
  capacity.stop();
  return capacity;
};
const keep = async (count: number): Promise<void> => {
  const id = `0192f5b2-7c1e-7b3a-9d7e-${String(count).padStart(12, "0")}`;
  const event = {
    id,
    leaf: "{}",
    details: "{}",
    leafHash: new Uint8Array(32),
    salt: new Uint8Array(32),
    receivedAt: "",
  };
  await keepEnvelope(
    database.api,
    id,
    Array.from({ length: count }, () => event),
  );
};

test("events are refused with a time to come back when too many wait, critical ones later", async () => {
  expect((await watch({})).refuseWhenFull("low")).toBeUndefined();
  await keep(11);
  const full = await watch({});
  expect(() => full.refuseWhenFull("low")).toThrow(
    expect.objectContaining({ kind: "unavailable", reason: "capacity" }),
  );
  expect(full.refuseWhenFull("critical")).toBeUndefined();
  await keep(2);
  const fuller = await watch({});
  expect(() => fuller.refuseWhenFull("critical")).toThrow(/too many events wait/);
});

test("events are refused when the oldest waits too long", async () => {
  await database.admin.sql`update audit_outbox set kept_at = kept_at - interval '1 hour'`;
  const late = await watch({ maxWaitingEvents: 1000 });
  expect(() => late.refuseWhenFull("high")).toThrow(/too many events wait/);
  await database.admin.sql`delete from audit_outbox`;
  expect((await watch({})).refuseWhenFull("info")).toBeUndefined();
});

test("events are refused when the disk is almost full", async () => {
  const roomy = await watch({ folder: process.cwd(), minFreeBytes: 1 });
  expect(roomy.refuseWhenFull("low")).toBeUndefined();
  const full = await watch({ folder: process.cwd(), minFreeBytes: Number.MAX_SAFE_INTEGER });
  expect(() => full.refuseWhenFull("low")).toThrow(/disk/);
});
