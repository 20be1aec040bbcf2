import type { Feature } from "@countersign/audit/features";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { appRouter } from "../router.ts";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";
import type { ProcedureMeta } from "../trpc/init.ts";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let ada: Person;
let bo: Person;
const rights: Feature[] = ["permits.read", "permits.create", "permits.update", "permits.approve", "permits.delete"];
const deciding: Feature[] = [...rights, "approvals.read", "approvals.decide"];
beforeAll(async () => {
  api = await createTestApi();
  admin = api.database.admin.sql;
  ada = await api.person(deciding, "Ada Asks");
  bo = await api.person(deciding, "Bo Decides");
});
afterAll(() => api.close());

let permit: { id: number; permitNumber: string; version: number };
beforeEach(async () => {
  const fields = { type: "building", holderName: "Eve", validFrom: "2026-01-01", validTo: "2099-01-01" };
  permit = (await ada.trpc.permits.create.mutate(fields)).permit;
});

const askToDelete = async (by = ada, reason = "entered twice") => {
  const answer = await by.trpc.permits.delete.mutate({ permitId: permit.id, reason });
  if (answer.outcome !== "pending") throw new Error("the act did not wait");
  return answer.request.id;
};
const shown = async (requestId: number, by = bo) => (await by.trpc.approvals.get.query({ requestId })).request;
const approve = async (requestId: number, by = bo) =>
  by.trpc.approvals.approve.mutate({ requestId, sha256: (await shown(requestId)).sha256 });
const chainOf = async (requestId: number) =>
  (await api.stored()).filter(({ approvalId }) => approvalId === String(requestId));
const isThere = async () => (await admin`select from permits where id = ${permit.id}`).length > 0;
const stateOf = async (requestId: number) =>
  (await admin`select state from approval_request where id = ${requestId}`)[0]?.state;

test("what needs a second person is asked for, and nothing happens until one agrees; each step is an event of one chain", async () => {
  const answer = await ada.trpc.permits.delete.mutate({ permitId: permit.id, reason: "entered twice" });
  expect(answer).toMatchObject({
    outcome: "pending",
    receipt: { id: expect.any(String) },
    request: { quorum: 1, deciders: 1 },
  });
  expect(await isThere()).toBe(true);
  const requestId = answer.outcome === "pending" ? answer.request.id : 0;
  expect(await shown(requestId)).toMatchObject({
    words: `delete ${permit.permitNumber}`,
    reason: "entered twice",
    state: "pending",
    requester: { name: "Ada Asks" },
    input: { permitId: permit.id, reason: "entered twice" },
    changes: { holder_name: { old: "Eve", new: null } },
    object: { type: "permit", id: String(permit.id), label: permit.permitNumber },
  });
  expect(await approve(requestId)).toMatchObject({
    outcome: "done",
    request: { state: "approved" },
    done: { id: expect.any(String) },
  });
  expect(await isThere()).toBe(false);
  const object = { type: "permit", id: String(permit.id), label: permit.permitNumber };
  const chain = await chainOf(requestId);
  expect(chain).toMatchObject([
    {
      code: "permit_delete",
      status: "pending",
      object,
      actor: { label: "Ada Asks" },
      changes: null,
      notes: "entered twice",
    },
    { code: "sys_approval_requested", status: "success", object, actor: { label: "Ada Asks" } },
    {
      code: "permit_delete",
      status: "success",
      object,
      actor: { label: "Ada Asks" },
      ip: null,
      notes: "entered twice",
    },
    {
      code: "sys_approval_decided",
      status: "success",
      object,
      actor: { label: "Bo Decides" },
      target: { label: "Ada Asks" },
    },
  ]);
  expect(chain[2]?.changes).toMatchObject({ holder_name: { old: "Eve", new: null } });
  expect(chain[3]?.metadata).toMatchObject({ decision: "approved", request: `delete ${permit.permitNumber}` });
});

test("without a reason nothing can be asked for", async () => {
  const options = { permitId: permit.id, version: 1, askApproval: true };
  expect(await refusalOf(ada.trpc.permits.approve.mutate(options))).toMatchObject({
    httpStatus: 422,
    fields: [{ path: "reason", rule: "required_for_approval" }],
  });
});

test("what is only offered waits when the caller wants it, and is done at once otherwise", async () => {
  const wanted = await ada.trpc.permits.approve.mutate({ permitId: permit.id, reason: "large", askApproval: true });
  expect(wanted.outcome).toBe("pending");
  expect((await admin`select status from permits where id = ${permit.id}`)[0]?.status).toBe("pending");
  expect(await ada.trpc.permits.approve.mutate({ permitId: permit.id })).toMatchObject({ outcome: "done" });
});

test("over plain HTTP it answers 202 with the request", async () => {
  const answer = await ada.send(`/api/permits/${permit.id}`, {
    method: "DELETE",
    body: JSON.stringify({ reason: "twice" }),
  });
  expect([answer.status, await answer.json()]).toEqual([
    202,
    expect.objectContaining({ outcome: "pending", request: expect.anything() }),
  ]);
});

test("what is not possible now is refused now and asks for nothing", async () => {
  const before = await admin`select count(*)::int as count from approval_request`;
  expect(await refusalOf(ada.trpc.permits.delete.mutate({ permitId: 999_999, reason: "x" }))).toMatchObject({
    httpStatus: 404,
  });
  const nobody = await api.person(["permits.read"]);
  expect(await refusalOf(nobody.trpc.permits.delete.mutate({ permitId: permit.id, reason: "x" }))).toMatchObject({
    httpStatus: 403,
  });
  expect(await admin`select count(*)::int as count from approval_request`).toEqual(before);
});

test("nobody decides a request of their own, not in a second session and not with a key", async () => {
  const requestId = await askToDelete();
  const { sha256 } = await shown(requestId);
  const { token } = await api.services.accounts.sessions.create(api.database.api, {
    userId: ada.id,
    ip: undefined,
    userAgent: undefined,
  });
  for (const who of [ada, api.caller({ token })]) {
    expect(await refusalOf(who.trpc.approvals.approve.mutate({ requestId, sha256 }))).toMatchObject({
      httpStatus: 403,
      reason: "own_request",
    });
    expect(await refusalOf(who.trpc.approvals.refuse.mutate({ requestId, reason: "no" }))).toMatchObject({
      reason: "own_request",
    });
  }
  const maker = await api.person(["system.keys", "audit.read"]);
  const { secret } = await maker.trpc.keys.create.mutate({
    name: "hers",
    kind: "reader",
    expiresAt: "2027-06-01T00:00:00Z",
  });
  const byKey = await api.caller().send(`/api/approvals/${requestId}/approve`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}` },
    body: JSON.stringify({ sha256 }),
  });
  expect(byKey.status).toBe(403);
  expect(await stateOf(requestId)).toBe("pending");
  const denied = (await chainOf(requestId)).filter(({ status }) => status === "denied");
  expect(denied.map(({ code, object }) => [code, object?.label])).toEqual(
    Array(denied.length).fill(["sys_approval_decided", permit.permitNumber]),
  );
  expect(denied.length).toBeGreaterThanOrEqual(4);
});

test("to decide takes the right to decide and the right to the act", async () => {
  const requestId = await askToDelete();
  const { sha256 } = await shown(requestId);
  const half = await api.person(["approvals.read", "approvals.decide"]);
  const other = await api.person(["approvals.read", "permits.delete"]);
  for (const who of [half, other]) {
    expect(await refusalOf(who.trpc.approvals.approve.mutate({ requestId, sha256 }))).toMatchObject({
      httpStatus: 403,
    });
    expect(await refusalOf(who.trpc.approvals.refuse.mutate({ requestId, reason: "no" }))).toMatchObject({
      httpStatus: 403,
    });
    expect((await who.trpc.approvals.list.query({})).items).toEqual([]);
  }
  expect((await bo.trpc.approvals.list.query({})).items.map(({ id }) => id)).toContain(requestId);
  expect((await ada.trpc.approvals.list.query({})).items.map(({ id }) => id)).not.toContain(requestId);
});

test("of twenty who approve at once one does it, and it happens once", async () => {
  const requestId = await askToDelete();
  const { sha256 } = await shown(requestId);
  const crowd = await Promise.all(Array.from({ length: 20 }, () => api.person(deciding)));
  const ends = await Promise.allSettled(crowd.map((who) => who.trpc.approvals.approve.mutate({ requestId, sha256 })));
  expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const chain = await chainOf(requestId);
  expect(chain.filter(({ code, status }) => code === "permit_delete" && status === "success")).toHaveLength(1);
  const decided = chain.filter(({ code }) => code === "sys_approval_decided");
  expect(decided.filter(({ status }) => status === "success")).toHaveLength(1);
  expect(decided.filter(({ status }) => status === "failed").length).toBeLessThanOrEqual(19);
  await admin`update users set status = 'inactive' where id = any(${`{${crowd.map(({ id }) => id).join(",")}}`}::text::bigint[])`;
});

test("decision, act and events are kept together or not at all", async () => {
  const requestId = await askToDelete();
  const { sha256 } = await shown(requestId);
  await admin`alter table approval_request add constraint broken check (state <> 'approved') not valid`;
  try {
    await expect(bo.trpc.approvals.approve.mutate({ requestId, sha256 })).rejects.toThrow("on our side");
  } finally {
    await admin`alter table approval_request drop constraint broken`;
  }
  expect([await isThere(), await stateOf(requestId)]).toEqual([true, "pending"]);
  expect(await admin`select from approval_decision where request_id = ${requestId}`).toHaveLength(0);
  expect((await chainOf(requestId)).filter(({ status }) => status === "success").map(({ code }) => code)).toEqual([
    "sys_approval_requested",
  ]);
  expect(await approve(requestId)).toMatchObject({ request: { state: "approved" } });
});

test("a decision is bound to what was shown", async () => {
  const requestId = await askToDelete();
  const call = bo.trpc.approvals.approve.mutate({ requestId, sha256: "0".repeat(64) });
  expect(await refusalOf(call)).toMatchObject({ httpStatus: 409, reason: "other_request" });
  expect(await isThere()).toBe(true);
});

test("input that somebody changed in the table is not what was asked for", async () => {
  const requestId = await askToDelete();
  const { sha256 } = await shown(requestId);
  const victim = (await ada.trpc.permits.create.mutate({ type: "building", holderName: "Other" })).permit;
  await admin`update approval_request set input = ${JSON.stringify({ permitId: victim.id, reason: "entered twice" })} where id = ${requestId}`;
  expect(await refusalOf(bo.trpc.approvals.approve.mutate({ requestId, sha256 }))).toMatchObject({
    httpStatus: 409,
    reason: "altered_request",
  });
  expect(await stateOf(requestId)).toBe("failed");
  expect(await admin`select id from permits where id = ${victim.id}`).toHaveLength(1);
  await expect(api.database.api.sql`update approval_request set input = '{}'`).rejects.toMatchObject({ code: "42501" });
});

test("a decided request is decided: it cannot be replayed, refused or withdrawn afterwards", async () => {
  const requestId = await askToDelete();
  await approve(requestId);
  const { sha256 } = await shown(requestId);
  for (const call of [
    () => bo.trpc.approvals.approve.mutate({ requestId, sha256 }),
    () => bo.trpc.approvals.refuse.mutate({ requestId, reason: "late" }),
    () => ada.trpc.approvals.withdraw.mutate({ requestId }),
  ]) {
    expect(await refusalOf(call())).toMatchObject({ httpStatus: 409, reason: "already_closed" });
  }
});

test("an object that was changed meanwhile closes the request as failed, and nothing is done", async () => {
  const requestId = await askToDelete();
  await ada.trpc.permits.update.mutate({ permitId: permit.id, version: 1, site: "Mill Road 4" });
  expect(await bo.trpc.approvals.get.query({ requestId })).toMatchObject({ obstacle: { reason: "stale_request" } });
  expect(await isThere()).toBe(true);
  expect(await refusalOf(approve(requestId))).toMatchObject({ httpStatus: 409, reason: "stale_request" });
  expect([await isThere(), await stateOf(requestId)]).toEqual([true, "failed"]);
  expect((await chainOf(requestId)).map(({ code, status }) => `${code} ${status}`)).toEqual([
    "permit_delete pending",
    "sys_approval_requested success",
    "permit_delete failed",
    "sys_approval_decided failed",
  ]);
  expect(await refusalOf(approve(requestId))).toMatchObject({ reason: "already_closed" });
});

test("rights that were taken away meanwhile are gone for the request, too", async () => {
  const carl = await api.person(rights, "Carl Clerk");
  const requestId = await askToDelete(carl);
  await admin`delete from role_features where feature = 'permits.delete' and role_id in (select role_id from user_roles where user_id = ${carl.id})`;
  expect(await refusalOf(approve(requestId))).toMatchObject({ httpStatus: 409, reason: "requester_forbidden" });
  expect([await isThere(), await stateOf(requestId)]).toEqual([true, "failed"]);
});

test("nothing is done for somebody who is no longer there", async () => {
  const carl = await api.person(rights, "Carla Gone");
  const requestId = await askToDelete(carl);
  await admin`delete from users where id = ${carl.id}`;
  expect(await refusalOf(approve(requestId))).toMatchObject({ httpStatus: 409, reason: "requester_gone" });
  expect(await isThere()).toBe(true);
  expect((await chainOf(requestId)).find(({ status }) => status === "failed")).toMatchObject({
    actor: { label: "Carla Gone" },
  });
});

test("a request expires: whoever decides later is told, and it is closed", async () => {
  const requestId = await askToDelete();
  const { sha256 } = await shown(requestId);
  api.clock.move(73 * 3_600_000);
  try {
    expect((await bo.trpc.approvals.list.query({})).items.map(({ id }) => id)).not.toContain(requestId);
    expect(await refusalOf(bo.trpc.approvals.approve.mutate({ requestId, sha256 }))).toMatchObject({
      reason: expect.stringMatching(/expired_request|reauth/),
    });
  } finally {
    api.clock.move(-73 * 3_600_000);
  }
  expect([await isThere(), await stateOf(requestId)]).toEqual([true, "expired"]);
  expect((await chainOf(requestId)).map(({ code }) => code)).toContain("sys_approval_expired");
});

test("a quorum of two needs two different people who still may", async () => {
  api.settings["approval.quorum"] = 2;
  try {
    const requestId = await askToDelete();
    const cy = await api.person(deciding);
    const dan = await api.person(deciding);
    expect(await approve(requestId)).toMatchObject({ request: { state: "pending" }, done: null });
    expect(await refusalOf(approve(requestId))).toMatchObject({ reason: "already_decided" });
    expect(await approve(requestId, cy)).toMatchObject({ request: { state: "approved" } });
    expect(await isThere()).toBe(false);
    permit = (await ada.trpc.permits.create.mutate({ type: "building", holderName: "Eve" })).permit;
    const next = await askToDelete();
    await approve(next, cy);
    await admin`delete from user_roles where user_id = ${cy.id}`;
    expect(await approve(next, dan)).toMatchObject({ request: { state: "pending" } });
    expect(await approve(next)).toMatchObject({ request: { state: "approved" } });
  } finally {
    delete api.settings["approval.quorum"];
  }
});

test("two who approve at the same moment are two, and one of them does the act", async () => {
  api.settings["approval.quorum"] = 2;
  try {
    const requestId = await askToDelete();
    const { sha256 } = await shown(requestId);
    const both = [bo, await api.person(deciding)];
    const ends = await admin.begin(async (tx) => {
      await tx`lock table approval_decision in share mode`;
      const calls = Promise.all(both.map((who) => who.trpc.approvals.approve.mutate({ requestId, sha256 })));
      const waiting = async () =>
        (await tx`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).length;
      await expect.poll(waiting).toBe(2);
      return { calls };
    });
    const states = (await ends.calls).map(({ request }) => request?.state);
    expect(states.sort()).toEqual(["approved", "pending"]);
    expect(await isThere()).toBe(false);
  } finally {
    delete api.settings["approval.quorum"];
  }
});

test("the same thing is asked for once at a time, and nobody asks for more than a hundred", async () => {
  const requestId = await askToDelete();
  const again = () => ada.trpc.permits.delete.mutate({ permitId: permit.id, reason: "entered twice" });
  expect(await refusalOf(again())).toMatchObject({ httpStatus: 409, reason: "already_asked" });
  expect(await refusalOf(bo.trpc.approvals.withdraw.mutate({ requestId }))).toMatchObject({ httpStatus: 404 });
  expect(await ada.trpc.approvals.withdraw.mutate({ requestId })).toMatchObject({ request: { state: "withdrawn" } });
  expect(await again()).toMatchObject({ outcome: "pending" });
  const eager = await api.person(rights);
  await admin`
    insert into approval_request (event, operation, feature, input, object_version, hash, changes, requester_id, requester_name, reason, quorum, created_at, expires_at)
    select 'permit_delete', 'permits.delete', 'permits.delete', '{}', '{}', sha256(n::text::bytea), '{}', ${eager.id}, 'Eager', 'x', 1, now(), now() + '1 day'
    from generate_series(1, 100) as n`;
  expect(await refusalOf(askToDelete(eager))).toMatchObject({ httpStatus: 429, reason: "too_many_requests_open" });
});

test("who asked sees the request and who can decide it; others do not see it there", async () => {
  const requestId = await askToDelete();
  const [own] = (await ada.trpc.approvals.mine.query({ requestId })).items;
  expect(own?.deciders.map(({ name }) => name)).toContain("Bo Decides");
  expect(own?.deciders.map(({ name }) => name)).not.toContain("Ada Asks");
  expect((await bo.trpc.approvals.mine.query({ requestId })).items).toEqual([]);
  const { count } = await bo.trpc.approvals.waiting.query();
  expect(count).toBe((await bo.trpc.approvals.list.query({ limit: 200 })).items.length);
});

test("a refusal needs a reason and ends it", async () => {
  const requestId = await askToDelete();
  const bare = { requestId } as { requestId: number; reason: string };
  expect(await refusalOf(bo.trpc.approvals.refuse.mutate(bare))).toMatchObject({ httpStatus: 422 });
  const { refuse } = bo.trpc.approvals;
  expect(await refuse.mutate({ requestId, reason: "it is not a duplicate" })).toMatchObject({
    request: { state: "refused" },
  });
  expect((await chainOf(requestId)).at(-1)).toMatchObject({
    notes: "it is not a duplicate",
    metadata: { decision: "refused" },
  });
  expect((await bo.trpc.approvals.list.query({ box: "closed" })).items[0]).toMatchObject({
    id: requestId,
    state: "refused",
  });
  expect(await isThere()).toBe(true);
});

test("every act that can wait takes the reason that it then needs, and the wish to wait", () => {
  type Walked = { _def: { meta?: ProcedureMeta; inputs: { shape?: object }[] } };
  const waiting = Object.entries(appRouter._def.procedures as unknown as Record<string, Walked>).filter(
    ([, { _def }]) => _def.meta?.waiting !== undefined,
  );
  expect(waiting.length).toBeGreaterThan(15);
  for (const [name, { _def }] of waiting) {
    expect([name, Object.keys(_def.inputs[0]?.shape ?? {})]).toEqual([
      name,
      expect.arrayContaining(["reason", "askApproval"]),
    ]);
  }
});
