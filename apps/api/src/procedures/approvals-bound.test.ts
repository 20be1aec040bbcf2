import { rmSync } from "node:fs";
import type { Changes } from "@countersign/audit/changes";
import { type Feature, features } from "@countersign/audit/features";
import { afterAll, beforeAll, expect, test } from "vitest";
import { approveAlone } from "../approvals/alone.ts";
import { addFile, createPermit, filesIn } from "../documents/testing/office.ts";
import { samplePdf } from "../documents/testing/sample-files.ts";
import { waitingAct } from "../router.ts";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let ada: Person;
let bo: Person;
const all = Object.keys(features) as Feature[];
beforeAll(async () => {
  api = await createTestApi();
  admin = api.database.admin.sql;
  ada = await api.person(all, "Ada Asks");
  bo = await api.person(all, "Bo Decides");
});
afterAll(() => api.close());

type Answer = { outcome: string; request?: { id: number } | undefined };
const requestOf = (answer: Answer): number => {
  if (answer.outcome !== "pending" || answer.request === undefined) throw new Error("the act did not wait");
  return answer.request.id;
};
const shown = (requestId: number) => bo.trpc.approvals.get.query({ requestId });
const approve = async (requestId: number, by = bo) =>
  by.trpc.approvals.approve.mutate({ requestId, sha256: (await shown(requestId)).request.sha256 });
const reason = "told so";

let count = 0;
const newRole = async (given: Feature[] = []): Promise<{ id: number; name: string; version: number }> => {
  const { role } = await ada.trpc.roles.create.mutate({ name: `Clerks ${count++}`, features: given });
  if (role === undefined) throw new Error("making a role waited");
  return role;
};
const newUser = () => api.person([], `Newcomer ${count++}`);
const newHold = async () => {
  const scope = { kind: "object", type: "permit", id: "999" } as const;
  return (await ada.trpc.retention.placeHold.mutate({ name: `Case ${count++}`, reason, scope })).hold;
};
const leaver = async (): Promise<Person> => {
  const person = await api.person(["permits.create"], `Leaver ${count++}`);
  await person.trpc.permits.create.mutate({ type: "event", holderName: "Ada" });
  await ada.trpc.users.deactivate.mutate({ userId: person.id, reason });
  await api.stored();
  return person;
};
const idsOf = async (query: { codes: string[] }) => (await api.stored(query)).map(({ id }) => id);

test("an erasure says whom, by which query, on what ground and how many events, each item of it", async () => {
  const { id: userId, name: confirm } = await leaver();
  const query = {
    codes: ["permit_create", "permit_update", "permit_read", "permit_delete"],
    notStatuses: ["denied"],
    days: 7,
  };
  const { total } = await ada.trpc.erasures.preview.query({ userId, query });
  const order = { userId, query, confirm, reason, basis: "unlawful" } as const;
  const { request } = await shown(requestOf(await ada.trpc.erasures.record.mutate(order)));
  expect(request.changes).toMatchObject({
    person: { old: null, new: `user ${userId}` },
    query: {
      new: expect.stringMatching(
        /^“Permit created” or “Permit updated” or “Permit viewed” or “Permit deleted”, not status denied, since .* UTC, until .* UTC$/,
      ),
    },
    basis: { new: "Was recorded without a legal ground" },
    events: { new: total },
  });
  // What is done at last hangs on no clock.
  expect(request.input).toMatchObject({ query: { from: expect.any(String), to: expect.any(String) } });
  expect((request.input as { query: object }).query).not.toHaveProperty("days");
});

test("an erasure by query is of the events that were found when it was asked, and of no others", async () => {
  const query = { codes: ["permit_create"] };
  const before = await idsOf(query);
  const { total } = await ada.trpc.erasures.preview.query({ query });
  const order = { query: { ...query, days: 30 }, basis: "unlawful", reason, confirm: String(total) } as const;
  const later = requestOf(await ada.trpc.erasures.record.mutate(order));
  await createPermit(ada);
  await idsOf(query);
  expect((await approve(later)).request.state).toBe("approved");
  const [erasure] = await admin<{ ids: string[] }[]>`
    select array_agg(i.event_id::text order by i.event_id) as ids from erasure e join erasure_event i on i.erasure_id = e.id where e.by_query`;
  expect(erasure?.ids).toEqual(before);
});

test("an erasure whose query finds other events than before is asked for anew", async () => {
  const { id, version } = await createPermit(ada).then((permit) => ({ ...permit, version: 1 }));
  const query = { codes: ["permit_update"], objects: [`permit:${id}`] };
  await ada.trpc.permits.update.mutate({ permitId: id, version, site: "Mill Road 4" });
  await ada.trpc.permits.update.mutate({ permitId: id, version: version + 1, site: "Mill Road 5" });
  const [gone] = await idsOf(query);
  const person = await leaver();
  const order = { userId: person.id, query, basis: "unlawful", reason, confirm: person.name } as const;
  const requestId = requestOf(await ada.trpc.erasures.record.mutate(order));
  await admin`alter table event_log disable trigger user`;
  await admin`update event_log set details = null where id = ${gone ?? ""}`;
  await admin`alter table event_log enable trigger user`;
  expect(await refusalOf(approve(requestId))).toMatchObject({ httpStatus: 409, reason: "stale_request" });
});

test("to decide on a shorter period takes the right to retention, too", async () => {
  const half = await api.person(
    all.filter((feature) => feature !== "retention.manage"),
    "Hal Half",
  );
  const requestId = requestOf(await ada.trpc.settings.change.mutate({ key: "retention.read", value: 40, reason }));
  const boxOf = async (who: Person) => (await who.trpc.approvals.list.query({})).items.map(({ id }) => id);
  expect(await boxOf(bo)).toContain(requestId);
  expect(await boxOf(half)).not.toContain(requestId);
  const able = (await shown(requestId)).deciders.map(({ name }) => name);
  expect([able.includes("Bo Decides"), able.includes("Hal Half")]).toEqual([true, false]);
  expect(await refusalOf(approve(requestId, half))).toMatchObject({ httpStatus: 403 });
  const refuse = half.trpc.approvals.refuse.mutate({ requestId, reason });
  expect(await refusalOf(refuse)).toMatchObject({ httpStatus: 403 });
  // Without the second right at the end an approval counts no longer.
  api.settings["approval.quorum"] = 2;
  try {
    const two = requestOf(await ada.trpc.settings.change.mutate({ key: "retention.session", value: 50, reason }));
    const cy = await api.person(all);
    await approve(two, cy);
    await admin`delete from role_features where feature = 'retention.manage' and role_id in (select role_id from user_roles where user_id = ${cy.id})`;
    expect(await approve(two)).toMatchObject({ request: { state: "pending" } });
  } finally {
    delete api.settings["approval.quorum"];
  }
});

test("a look at a request waits for nobody and reads no file", async () => {
  const person = await leaver();
  const order = { userId: person.id, basis: "request", reason, confirm: person.name } as const;
  const erasure = requestOf(await ada.trpc.erasures.record.mutate(order));
  const permit = await createPermit(ada);
  const document = await addFile(ada, permit.id, { name: "plan.pdf", kind: "plan", file: samplePdf("x") });
  const verify = { documentId: document.id, decision: "accepted", reason, askApproval: true } as const;
  const verification = requestOf(await ada.trpc.documents.verify.mutate(verify));
  for (const path of filesIn(api.files)) rmSync(path);
  await admin.begin(async (tx) => {
    await tx`select from users where id = ${person.id} for update`;
    expect((await shown(erasure)).obstacle).toBe(null);
    expect((await shown(verification)).obstacle).toBe(null);
  });
  await admin`update users set status = 'active' where id = ${person.id}`;
  expect((await shown(erasure)).obstacle).toMatchObject({ message: expect.stringContaining("account is active") });
  await admin`update documents set version = version + 1 where id = ${document.id}`;
  expect((await shown(verification)).obstacle).toMatchObject({ reason: "stale_request" });
});

test("what is shown of a request cannot be changed in the table without being found out", async () => {
  const requestId = requestOf(
    await ada.trpc.settings.change.mutate({ key: "approval.quorum", value: 2, reason, askApproval: true }),
  );
  await admin`update approval_request set changes = '{"value":{"old":1,"new":3}}' where id = ${requestId}`;
  expect((await shown(requestId)).obstacle).toMatchObject({ reason: "altered_request" });
  expect(await refusalOf(approve(requestId))).toMatchObject({ reason: "altered_request" });
});

const codes = ["permit_read", "permit_assign"];

/** How an act of each kind is asked for, and what makes it another than was asked for. */
const kinds: Record<string, () => Promise<{ asked: Answer; disturb: () => Promise<unknown> }>> = {
  "giving a role": async () => {
    const [role, user] = [await newRole(), await newUser()];
    const asked = await ada.trpc.roles.assignUser.mutate({
      roleId: role.id,
      userId: user.id,
      reason,
      askApproval: true,
    });
    const more = { roleId: role.id, feature: "users.delete" };
    return { asked, disturb: () => ada.trpc.roles.assignFeature.mutate(more) };
  },
  "adding a right": async () => {
    const role = await newRole();
    const add = { roleId: role.id, feature: "permits.read", reason, askApproval: true };
    const asked = await ada.trpc.roles.assignFeature.mutate(add);
    return {
      asked,
      disturb: () =>
        ada.trpc.roles.update.mutate({ roleId: role.id, version: role.version, name: `Other ${role.name}` }),
    };
  },
  "removing a role": async () => {
    const role = await newRole(["permits.read"]);
    const asked = await ada.trpc.roles.delete.mutate({ roleId: role.id, reason });
    return { asked, disturb: () => ada.trpc.roles.revokeFeature.mutate({ roleId: role.id, feature: "permits.read" }) };
  },
  "a setting": async () => {
    const now = (await ada.trpc.settings.list.query({})).items.find(({ key }) => key === "retention.change");
    const value = Number(now?.value) - 1;
    const asked = await ada.trpc.settings.change.mutate({ key: "retention.change", value, reason });
    const other = () => ada.trpc.settings.change.mutate({ key: "retention.change", value: value + 2 });
    return { asked, disturb: other };
  },
  "an event type": async () => {
    const code = codes.pop() ?? "";
    const asked = await ada.trpc.eventTypes.update.mutate({ code, enabled: false, reason });
    return { asked, disturb: () => ada.trpc.eventTypes.update.mutate({ code, severity: "medium" }) };
  },
  "the end of a hold": async () => {
    const hold = await newHold();
    const end = { holdId: hold.id, version: hold.version, reason };
    const asked = await ada.trpc.retention.releaseHold.mutate(end);
    return { asked, disturb: async () => approve(requestOf(await bo.trpc.retention.releaseHold.mutate(end)), ada) };
  },
  "an erasure": async () => {
    const person = await leaver();
    const order = { userId: person.id, basis: "request", reason, confirm: person.name } as const;
    return {
      asked: await ada.trpc.erasures.record.mutate(order),
      disturb: () => admin`update users set name = 'Another Name' where id = ${person.id}`,
    };
  },
};

test.each(Object.entries(kinds))("%s: what was shown is what is done", async (name, prepare) => {
  const { asked } = await prepare();
  const requestId = requestOf(asked);
  const { request } = await shown(requestId);
  const { done } = await approve(requestId);
  const [event] = (await api.stored()).filter(({ id }) => id === done?.id);
  if (name === "an erasure") {
    expect(event?.metadata).toMatchObject({ count: (request.changes as Changes).events?.new });
    expect(request.changes).toMatchObject({ person: { new: event?.object?.label } });
  } else expect(event?.changes).toEqual(request.changes);
  expect(Object.keys(request.changes)).not.toEqual([]);
});

test.each(Object.entries(kinds))("%s: what is no longer as it was is not done", async (_, prepare) => {
  const { asked, disturb } = await prepare();
  const requestId = requestOf(asked);
  expect((await shown(requestId)).obstacle).toBe(null);
  await disturb();
  expect(await refusalOf(approve(requestId))).toMatchObject({ httpStatus: 409, reason: "stale_request" });
  expect((await shown(requestId)).request.state).toBe("failed");
});

test("an approval takes a reason, which stands in the chain and on the request", async () => {
  const requestId = requestOf((await kinds["the end of a hold"]?.())?.asked ?? { outcome: "" });
  const { sha256 } = (await shown(requestId)).request;
  await bo.trpc.approvals.approve.mutate({ requestId, sha256, reason: "the case is closed" });
  expect((await shown(requestId)).request.decisions).toMatchObject([{ reason: "the case is closed" }]);
  const chain = await api.stored({ codes: ["sys_approval_decided"] });
  expect(chain.find(({ approvalId }) => approvalId === String(requestId))).toMatchObject({
    notes: "the case is closed",
  });
});

test("several rights that wait for one role are agreed to one after the other", async () => {
  const role = await newRole();
  const add = (feature: Feature) =>
    ada.trpc.roles.assignFeature.mutate({ roleId: role.id, feature, reason, askApproval: true });
  const waiting = [requestOf(await add("permits.read")), requestOf(await add("permits.update"))];
  for (const requestId of waiting) expect((await approve(requestId)).request.state).toBe("approved");
});

test("from the console nothing is done either that no longer fits, and the request is closed", async () => {
  const { asked, disturb } = (await kinds["giving a role"]?.()) ?? { asked: { outcome: "" }, disturb: () => null };
  const requestId = requestOf(asked);
  await disturb();
  await admin`update users set status = 'inactive' where id <> ${ada.id}`;
  try {
    const alone = approveAlone(api.services, waitingAct, requestId, "nobody is left");
    await expect(alone).rejects.toThrow(/changed since it was asked/);
  } finally {
    await admin`update users set status = 'active' where id = ${bo.id}`;
  }
  expect((await shown(requestId)).request).toMatchObject({
    state: "failed",
    decisions: [{ by: { name: "approve-alone" } }],
  });
  const chain = (await api.stored()).filter(({ approvalId }) => approvalId === String(requestId));
  expect(chain.map(({ code, status }) => `${code} ${status}`)).toEqual([
    "role_assign_user pending",
    "sys_approval_requested success",
    "role_assign_user failed",
  ]);
});
