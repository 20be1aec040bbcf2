import type { Feature } from "@countersign/audit/features";
import { expireRequests } from "@countersign/db/approvals";
import { inTransaction } from "@countersign/db/transaction";
import { afterAll, beforeAll, expect, test } from "vitest";
import { approveAlone } from "../approvals/alone.ts";
import { waitingAct } from "../router.ts";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let ada: Person;
let bo: Person;
const rights: Feature[] = [
  ...(["permits.read", "permits.create", "permits.delete", "users.create", "roles.assign", "roles.read"] as const),
  ...([
    "system.config",
    "events.configure",
    "events.read",
    "retention.manage",
    "retention.hold",
    "retention.erase",
    "users.activate",
    "approvals.read",
    "approvals.decide",
  ] as const),
];
beforeAll(async () => {
  api = await createTestApi();
  admin = api.database.admin.sql;
  ada = await api.person(rights, "Ada");
});
afterAll(() => api.close());

const remove = async () => {
  const { permit } = await ada.trpc.permits.create.mutate({ type: "building", holderName: "Eve" });
  return ada.trpc.permits.delete.mutate({ permitId: permit.id, reason: "entered twice" });
};
const requestOf = (answer: { outcome: string; request?: { id: number } | undefined }): number => {
  if (answer.outcome !== "pending" || answer.request === undefined) throw new Error("the act did not wait");
  return answer.request.id;
};
const approve = async (requestId: number) => {
  const { request } = await bo.trpc.approvals.get.query({ requestId });
  return bo.trpc.approvals.approve.mutate({ requestId, sha256: request.sha256 });
};

test("as long as one person could decide, nothing waits", async () => {
  expect(await remove()).toMatchObject({ outcome: "done" });
  const change = { key: "approval.quorum" as const, value: 2 };
  expect(await ada.trpc.settings.change.mutate(change)).toMatchObject({ outcome: "done" });
  expect(await ada.trpc.settings.change.mutate({ ...change, value: 1 })).toMatchObject({ outcome: "done" });
  // Somebody who has to choose a password first is no second person yet.
  bo = await api.person(rights, "Bo");
  await admin`update users set must_change_password = true where id = ${bo.id}`;
  expect(await remove()).toMatchObject({ outcome: "done" });
});

test("from the second person on critical acts wait", async () => {
  await admin`update users set must_change_password = false where id = ${bo.id}`;
  expect(await approve(requestOf(await remove()))).toMatchObject({ request: { state: "approved" } });
});

test("an office that loses its second person does not get rid of the rule: the request stays and says that nobody can decide", async () => {
  await admin`update users set status = 'inactive' where id = ${bo.id}`;
  const answer = await remove();
  expect(answer).toMatchObject({ outcome: "pending", request: { deciders: 0 } });
  expect((await ada.trpc.approvals.mine.query({ requestId: requestOf(answer) })).items[0]?.deciders).toEqual([]);
  await admin`update users set status = 'active' where id = ${bo.id}`;
});

test("a setting that guards the log is made weaker by two, and stronger by one", async () => {
  const change = (value: unknown, key: "retention.decision" | "approval.quorum" | "session.idle_minutes") =>
    ada.trpc.settings.change.mutate({ key, value, reason: "disk is full" });
  expect(await change(4000, "retention.decision")).toMatchObject({ outcome: "done" });
  const asked = await change(3999, "retention.decision");
  const daysKept = async () =>
    (await admin`select retain_days from retention_policy where policy = 'decision'`)[0]?.retain_days;
  expect([asked.outcome, await daysKept()]).toEqual(["pending", 4000]);
  expect(await approve(requestOf(asked))).toMatchObject({ request: { state: "approved" } });
  expect(await daysKept()).toBe(3999);
  expect(await change(5, "session.idle_minutes")).toMatchObject({ outcome: "done" });
});

test("a hold ends, and a person is erased, by two", async () => {
  const { hold } = await ada.trpc.retention.placeHold.mutate({
    ...{ name: "Case 7", reason: "court order", scope: { kind: "object", type: "permit", id: "999" } },
  });
  const released = await ada.trpc.retention.releaseHold.mutate({ holdId: hold.id, version: 1, reason: "case closed" });
  const stands = async () =>
    (await admin`select released_at is null as stands from legal_hold where id = ${hold.id}`)[0]?.stands;
  expect([released.outcome, await stands()]).toEqual(["pending", true]);
  expect(await approve(requestOf(released))).toMatchObject({ request: { state: "approved" } });
  expect(await stands()).toBe(false);

  const leaver = await api.person(["permits.read"]);
  await ada.trpc.users.deactivate.mutate({ userId: leaver.id, reason: "left" });
  await api.stored();
  const order = { userId: leaver.id, basis: "request", reason: "asked by letter", confirm: leaver.name } as const;
  const erased = await ada.trpc.erasures.record.mutate(order);
  const recorded = async () => (await admin`select from erasure where subject_id = ${String(leaver.id)}`).length;
  expect([erased.outcome, await recorded()]).toEqual(["pending", 0]);
  expect(await approve(requestOf(erased))).toMatchObject({ request: { state: "approved" } });
  expect(await recorded()).toBe(1);
});

test("switching an event type off, its approval off, or its period shorter, waits", async () => {
  const update = ada.trpc.eventTypes.update.mutate;
  for (const change of [
    { code: "permit_read", enabled: false },
    { code: "permit_delete", approval: "optional" as const },
    { code: "permit_create", policy: "read" as const },
  ]) {
    expect(await update({ ...change, reason: "noise" }), change.code).toMatchObject({ outcome: "pending" });
    expect(await refusalOf(update(change))).toMatchObject({
      fields: [{ path: "reason", rule: "required_for_approval" }],
    });
  }
  expect(await update({ code: "permit_create", approval: "none" }).catch(() => null)).toMatchObject({
    outcome: "no_change",
  });
  expect(await update({ code: "permit_update", severity: "high" })).toMatchObject({ outcome: "done" });
});

test("what cannot wait does not slip past: giving a role with a new account is refused where giving roles waits", async () => {
  await admin`update event_types set approval = 'required' where code = 'role_assign_user'`;
  await api.services.eventTypes.refresh();
  const [role] = await admin<
    { id: number }[]
  >`insert into roles (name, name_folded) values ('Empty', 'empty') returning id::int as id`;
  const roleId = Number(role?.id);
  const call = ada.trpc.users.create.mutate({ username: "new.one", name: "New One", roleIds: [roleId] });
  expect(await refusalOf(call)).toMatchObject({ httpStatus: 409, reason: "approval_needed" });
  expect(await admin`select from users where username = 'new.one'`).toEqual([]);
  const { user } = await ada.trpc.users.create.mutate({ username: "new.one", name: "New One" });
  const given = await ada.trpc.roles.assignUser.mutate({ roleId, userId: user.id, reason: "starts today" });
  expect(await approve(requestOf(given))).toMatchObject({ request: { state: "approved" } });
  expect(await admin`select from user_roles where user_id = ${user.id}`).toHaveLength(1);
});

test("from the console one person gets an act done when nobody else is left, and the log says so", async () => {
  const requestId = requestOf(await remove());
  const alone = () => approveAlone(api.services, waitingAct, requestId, "Bo left");
  await expect(alone()).rejects.toThrow(/can be decided in the app, by Bo/);
  api.clock.move(73 * 3_600_000);
  try {
    await expect(alone()).rejects.toThrow(/has expired/);
  } finally {
    api.clock.move(-73 * 3_600_000);
  }
  await admin`update users set status = 'inactive' where id = ${bo.id}`;
  await alone();
  await expect(alone()).rejects.toThrow(/does not wait: it is approved/);
  await expect(approveAlone(api.services, waitingAct, 999_999, "x")).rejects.toThrow(/no request/);
  await admin`update users set status = 'active' where id = ${bo.id}`;
  const chain = (await api.stored()).filter(({ approvalId }) => approvalId === String(requestId));
  expect(chain.map(({ code, status, actor }) => `${code} ${status} ${actor.type}`)).toEqual([
    "permit_delete pending user",
    "sys_approval_requested success user",
    "permit_delete success user",
    "sys_break_glass success platform",
    "sys_approval_decided success platform",
  ]);
  expect(chain[3]).toMatchObject({ notes: "Bo left", severity: "critical" });
});

test("the worker closes what nobody decided in time", async () => {
  const requestId = requestOf(await remove());
  const at = new Date(Date.now() + 73 * 3_600_000).toISOString();
  const closed = await inTransaction(api.database.worker, (tx) => expireRequests(tx, at, 200));
  expect(closed.find(({ id }) => id === requestId)).toMatchObject({ state: "expired", closedAt: at });
  expect(await refusalOf(approve(requestId))).toMatchObject({ reason: "already_closed" });
});
