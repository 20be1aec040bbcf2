import type { Permit, PermitStatus } from "@countersign/db/permits";
import { permitStatuses } from "@countersign/db/schema/permits";
import { afterAll, beforeAll, expect, test } from "vitest";
import { doneOf } from "../approvals/done-of.ts";
import { type TransitionName, transitions } from "../domain/permits.ts";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let supervisor: Person;
beforeAll(async () => {
  api = await createTestApi();
  supervisor = await api.person(
    [
      "permits.read",
      "permits.create",
      "permits.update",
      "permits.approve",
      "permits.activate",
      "permits.cancel",
      "permits.renew",
      "permits.delete",
    ],
    "Sue Supervisor",
  );
});
afterAll(() => api.close());

const dayFrom = (days: number) => new Date(api.clock.now() + days * 86_400_000).toISOString().slice(0, 10);
type Fields = { from?: number; to?: number };
const permitThatIs = async (status: PermitStatus, { from = -10, to = 30 }: Fields = {}): Promise<Permit> => {
  const { permit } = await supervisor.trpc.permits.create.mutate({ type: "building", holderName: "Ada Lovelace" });
  const [row] = await api.database.admin.sql`
    update permits set status = ${status}, valid_from = ${dayFrom(from)}, valid_to = ${dayFrom(to)} where id = ${permit.id}
    returning permit_number`;
  return { ...permit, status, permitNumber: String(row?.permit_number) };
};
const lastOf = async ({ id }: { id: number }) =>
  (await api.stored({ objectType: "permit", objectId: String(id) })).at(-1);
const acts = (permitId: number) => ({ permitId, reason: "because of the flood" });
const run = async (name: TransitionName | "renew", permitId: number) =>
  doneOf(
    await (name === "renew"
      ? supervisor.trpc.permits.renew.mutate({ ...acts(permitId), validTo: dayFrom(400) })
      : supervisor.trpc.permits[name].mutate(acts(permitId))),
  );

const allowed = [
  ...Object.entries(transitions).flatMap(([name, { from, to }]) => from.map((status) => [name, status, to] as const)),
  ["renew", "active", "active"] as const,
  ["renew", "expired", "active"] as const,
] as [TransitionName | "renew", PermitStatus, PermitStatus][];

test.each(allowed)("%s takes a permit that is %s to %s, told by one event with the reason", async (name, from, to) => {
  const permit = await permitThatIs(from);
  const { permit: after, outcome } = await run(name, permit.id);
  expect([outcome, after.status]).toEqual(["done", to]);
  expect(await lastOf(permit)).toMatchObject({
    code: `permit_${name}`,
    status: "success",
    actor: { label: "Sue Supervisor" },
    object: { type: "permit", id: String(permit.id), label: permit.permitNumber },
    notes: "because of the flood",
    changes: from === to ? { valid_to: { new: dayFrom(400) } } : { status: { old: from, new: to } },
  });
});

const names = [...(Object.keys(transitions) as TransitionName[]), "renew"] as const;
const forbiddenPairs = names.flatMap((name) =>
  permitStatuses
    .filter((status) => !allowed.some(([act, from]) => act === name && from === status))
    .map((status) => [name, status] as const),
);

test.each(forbiddenPairs)("%s is refused for a permit that is %s, and recorded as failed", async (name, status) => {
  const permit = await permitThatIs(status);
  expect(await refusalOf(run(name, permit.id))).toMatchObject({ httpStatus: 409, reason: "illegal_transition" });
  expect(await lastOf(permit)).toMatchObject({
    code: `permit_${name}`,
    status: "failed",
    changes: null,
    object: { label: permit.permitNumber },
    errorMessage: expect.stringContaining(permit.permitNumber),
  });
  const { permit: same } = await supervisor.trpc.permits.read.query({ permitId: permit.id });
  expect(same.status).toBe(status);
});

test("the table of transitions is the one of the office, whole", () => {
  expect(forbiddenPairs).toHaveLength(6 * 6 - 9);
  expect(allowed.map(([name, from, to]) => `${name} ${from} ${to}`)).toEqual([
    "approve pending active",
    "reject pending rejected",
    "activate inactive active",
    "deactivate active inactive",
    "cancel pending cancelled",
    "cancel active cancelled",
    "cancel inactive cancelled",
    "renew active active",
    "renew expired active",
  ]);
});

test.each(["reject", "deactivate", "cancel", "delete"] as const)("%s needs a reason", async (name) => {
  const permit = await permitThatIs(name === "reject" ? "pending" : "active");
  for (const reason of [undefined, "", "  "]) {
    const refused = supervisor.trpc.permits[name].mutate({ permitId: permit.id, reason } as never);
    const { httpStatus, fields } = await refusalOf(refused);
    expect([httpStatus, (fields as { path: string }[])[0]?.path]).toEqual([422, "reason"]);
  }
});

test.each(names)("%s of a version that was left behind names who changed it", async (name) => {
  const [from] = allowed.filter(([act]) => act === name).map(([, status]) => status);
  const permit = await permitThatIs(from ?? "pending");
  const input = { ...acts(permit.id), version: 7, validTo: dayFrom(400) };
  const refused = name === "renew" ? supervisor.trpc.permits.renew.mutate(input) : undefined;
  const { validTo: _, ...plain } = input;
  const refusal = await refusalOf(refused ?? supervisor.trpc.permits[name as TransitionName].mutate(plain));
  expect(refusal).toMatchObject({ httpStatus: 409, reason: "stale_version" });
  expect(refusal.message).toContain("Sue Supervisor");
});

test("a suspended permit whose last day is past cannot be put back in force", async () => {
  const permit = await permitThatIs("inactive", { to: -1 });
  expect(await refusalOf(run("activate", permit.id))).toMatchObject({ httpStatus: 409, reason: "already_over" });
});

test.each([
  [0, "the same last day", "not_later"],
  [-1, "an earlier last day", "not_later"],
])("renewing by %i days, to %s, is refused", async (days, _, rule) => {
  const permit = await permitThatIs("active", { to: 30 });
  const refused = supervisor.trpc.permits.renew.mutate({ permitId: permit.id, validTo: dayFrom(30 + days) });
  expect(await refusalOf(refused)).toMatchObject({ httpStatus: 422, fields: [{ path: "validTo", rule }] });
});

test("an expired permit can be renewed on the last day of grace, not on the day after, and not to a day that is past", async () => {
  const last = await permitThatIs("expired", { from: -200, to: -90 });
  await run("renew", last.id);
  const late = await permitThatIs("expired", { from: -200, to: -91 });
  expect(await refusalOf(run("renew", late.id))).toMatchObject({ httpStatus: 409, reason: "grace_over" });
  const past = await permitThatIs("expired", { from: -200, to: -20 });
  const refused = supervisor.trpc.permits.renew.mutate({ permitId: past.id, validTo: dayFrom(-1) });
  expect(await refusalOf(refused)).toMatchObject({ httpStatus: 422 });
});

test("a deleted permit leaves its last values in the event, and its number is never given out again", async () => {
  const permit = await permitThatIs("rejected");
  const { permitNumber } = await supervisor.trpc.permits.delete.mutate(acts(permit.id));
  expect(permitNumber).toBe(permit.permitNumber);
  const event = await lastOf(permit);
  expect(event).toMatchObject({
    code: "permit_delete",
    status: "success",
    severity: "critical",
    notes: "because of the flood",
    changes: {
      permit_number: { old: permit.permitNumber, new: null },
      holder_name: { old: "Ada Lovelace", new: null },
      status: { old: "rejected", new: null },
    },
  });
  expect(await refusalOf(supervisor.trpc.permits.read.query({ permitId: permit.id }))).toMatchObject({
    httpStatus: 404,
  });
  const next = await permitThatIs("pending");
  expect(next.permitNumber > permit.permitNumber).toBe(true);
});

test("a permit with documents is not deleted", async () => {
  const permit = await permitThatIs("active");
  await api.database.admin.sql`
    insert into documents (permit_id, name, kind, media_type, size, sha256, storage_key, uploaded_at)
    values (${permit.id}, 'plan.pdf', 'plan', 'application/pdf', 1, '\\x00', 'k', now())`;
  const refusal = await refusalOf(supervisor.trpc.permits.delete.mutate(acts(permit.id)));
  expect(refusal).toMatchObject({ httpStatus: 409, reason: "has_documents" });
  expect(await lastOf(permit)).toMatchObject({ code: "permit_delete", status: "failed" });
});

test("twenty people who approve one permit at once have one effect, and the other nineteen are recorded as failed", async () => {
  const permit = await permitThatIs("pending");
  const tries = await Promise.allSettled(
    Array.from({ length: 20 }, () => supervisor.trpc.permits.approve.mutate({ permitId: permit.id })),
  );
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const events = await api.stored({ objectType: "permit", objectId: String(permit.id), codes: ["permit_approve"] });
  expect(events.filter(({ status }) => status === "success")).toHaveLength(1);
  expect(events.filter(({ status }) => status === "failed")).toHaveLength(19);
  const { permit: after } = await supervisor.trpc.permits.read.query({ permitId: permit.id });
  expect(after.version).toBe(2);
});

test("times of the acts are those of the office's clock, not of the database", async () => {
  const permit = await permitThatIs("pending");
  api.clock.move(3_600_000);
  const { permit: after } = await run("approve", permit.id);
  api.clock.move(-3_600_000);
  expect(Date.parse(after.updatedAt) - Date.now()).toBeGreaterThan(3_000_000);
});
