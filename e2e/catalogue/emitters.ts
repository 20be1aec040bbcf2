// Long on purpose: one entry for each event of each operation, read as a table.

import type { CustomerEventCode } from "@countersign/audit/catalogue";
import { doneOf } from "../../apps/api/src/approvals/done-of.ts";
import { beginningOf } from "../../apps/api/src/testing-stream.ts";
import { laterDay, type Office, signIn, upload } from "./office.ts";

/** What one call left in the log: the object's id where it is known, and the fields that changed. */
export type Told = { objectId?: string | number | undefined; changed?: readonly string[] };

export type Emitter = {
  code: CustomerEventCode;
  /** The procedure, or the address of bytes, that emits it. */
  by: string;
  succeed: (office: Office) => Promise<Told>;
  /** The same act where it is allowed and cannot be done; or why there is no such thing. */
  fail: ((office: Office) => Promise<Told>) | string;
  /** The same act by somebody who may not; or why anybody may. */
  deny: ((office: Office) => Promise<Told>) | string;
};

/** Runs a call that must be refused. */
const refused = async (call: Promise<unknown>, told: Told): Promise<Told> => {
  const answer = await call.then(
    (value) => (value instanceof Response && !value.ok ? "refused" : "answered"),
    () => "refused",
  );
  if (answer !== "refused") throw new Error("the call was answered");
  return told;
};

const reason = "because of the flood";
const nothing = 999_999_999;
const firstPermit = { objectType: "permit", objectId: "1" };
const ownAccount = "everybody may change their own account";
const wholeDeleted = ["permit_number", "type", "holder_name", "status", "valid_from", "valid_to"];

const permitAct = (
  code: CustomerEventCode,
  by: string,
  from: "pending" | "active" | "inactive",
  act: (who: Office["admin"], permitId: number) => Promise<unknown>,
  changed: readonly string[],
): Emitter => ({
  code,
  by,
  succeed: async ({ admin, permit }) => {
    const permitId = await permit(from);
    await act(admin, permitId);
    return { objectId: permitId, changed };
  },
  fail: ({ admin }) => refused(act(admin, nothing), { objectId: nothing }),
  deny: async ({ powerless, permit }) => {
    const permitId = await permit(from);
    return refused(act(powerless, permitId), { objectId: permitId });
  },
});

const viewing = (by: string, act: (who: Office["admin"], id: string) => Promise<unknown>, isHttp = false): Emitter => ({
  code: "audit_view_logs",
  by,
  succeed: async ({ admin }) => {
    const { entries } = await admin.trpc.audit.list.query({ limit: 1 });
    await act(admin, entries[0]?.id ?? "");
    return { objectId: "log" };
  },
  fail: isHttp
    ? ({ admin }) => refused(admin.send(`/api/audit/logs/?days=${by.length + 4000}`), { objectId: undefined })
    : ({ admin }) => refused(admin.trpc.audit.list.query({ days: by.length + 4000 }), { objectId: undefined }),
  deny: ({ powerless }) => refused(act(powerless, "0192f5b2-7c1e-7b3a-9d7e-1234567890ab"), { objectId: "log" }),
});

export const emitters: readonly Emitter[] = [
  {
    code: "permit_create",
    by: "permits.create",
    succeed: async ({ admin }) => {
      const { permit } = await admin.trpc.permits.create.mutate({ type: "event", holderName: "Ada" });
      return { objectId: permit.id, changed: ["permit_number", "type", "holder_name", "status"] };
    },
    fail: ({ admin }) => refused(admin.trpc.permits.create.mutate({ type: "no such type", holderName: "Ada" }), {}),
    deny: ({ powerless }) => refused(powerless.trpc.permits.create.mutate({ type: "event", holderName: "Ada" }), {}),
  },
  {
    ...permitAct(
      "permit_read",
      "permits.read",
      "pending",
      (who, permitId) => who.trpc.permits.read.query({ permitId }),
      [],
    ),
  },
  permitAct(
    "permit_update",
    "permits.update",
    "pending",
    (who, permitId) => who.trpc.permits.update.mutate({ permitId, version: 1, site: "4 Dock Road", notes: "seen" }),
    ["site", "notes"],
  ),
  permitAct(
    "permit_delete",
    "permits.delete",
    "pending",
    (who, permitId) => who.trpc.permits.delete.mutate({ permitId, reason }),
    wholeDeleted,
  ),
  permitAct(
    "permit_approve",
    "permits.approve",
    "pending",
    (who, permitId) => who.trpc.permits.approve.mutate({ permitId }),
    ["status"],
  ),
  permitAct(
    "permit_reject",
    "permits.reject",
    "pending",
    (who, permitId) => who.trpc.permits.reject.mutate({ permitId, reason }),
    ["status"],
  ),
  permitAct(
    "permit_activate",
    "permits.activate",
    "inactive",
    (who, permitId) => who.trpc.permits.activate.mutate({ permitId }),
    ["status"],
  ),
  permitAct(
    "permit_deactivate",
    "permits.deactivate",
    "active",
    (who, permitId) => who.trpc.permits.deactivate.mutate({ permitId, reason }),
    ["status"],
  ),
  permitAct(
    "permit_cancel",
    "permits.cancel",
    "active",
    (who, permitId) => who.trpc.permits.cancel.mutate({ permitId, reason }),
    ["status"],
  ),
  permitAct(
    "permit_renew",
    "permits.renew",
    "active",
    (who, permitId) => who.trpc.permits.renew.mutate({ permitId, validTo: laterDay(400) }),
    ["valid_to"],
  ),
  {
    code: "permit_assign",
    by: "permits.assign",
    succeed: async ({ admin, permit }) => {
      const permitId = await permit();
      await admin.trpc.permits.assign.mutate({ permitId, userId: admin.id });
      return { objectId: permitId, changed: ["assigned_to", "assigned_at", "assigned_by"] };
    },
    fail: async ({ admin, permit, powerless }) => {
      const permitId = await permit();
      return refused(admin.trpc.permits.assign.mutate({ permitId, userId: powerless.id }), { objectId: permitId });
    },
    deny: async ({ powerless, permit }) => {
      const permitId = await permit();
      return refused(powerless.trpc.permits.assign.mutate({ permitId, userId: 1 }), { objectId: permitId });
    },
  },
  {
    code: "permit_reassign",
    by: "permits.assign",
    succeed: async ({ admin, permit, user, role }) => {
      const permitId = await permit();
      const { id } = await user();
      await admin.trpc.roles.assignUser.mutate({ roleId: await role(), userId: id });
      await admin.trpc.permits.assign.mutate({ permitId, userId: admin.id });
      await admin.trpc.permits.assign.mutate({ permitId, userId: id });
      return { objectId: permitId, changed: ["assigned_to", "assigned_at"] };
    },
    fail: "a refused assignment is told as permit_assign, which it would have been",
    deny: "a refused assignment is told as permit_assign, which it would have been",
  },
  {
    code: "permit_reassign",
    by: "permits.unassign",
    succeed: async ({ admin, permit }) => {
      const permitId = await permit();
      await admin.trpc.permits.assign.mutate({ permitId, userId: admin.id });
      await admin.trpc.permits.unassign.mutate({ permitId });
      return { objectId: permitId, changed: ["assigned_to", "assigned_at", "assigned_by"] };
    },
    fail: ({ admin }) => refused(admin.trpc.permits.unassign.mutate({ permitId: nothing }), { objectId: nothing }),
    deny: async ({ powerless, permit }) => {
      const permitId = await permit();
      return refused(powerless.trpc.permits.unassign.mutate({ permitId }), { objectId: permitId });
    },
  },
  {
    code: "audit_export_logs",
    by: "audit.stream",
    succeed: async ({ admin }) => {
      const answer = await admin.send("/api/audit/stream?format=ocsf");
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`the stream answered ${answer.status}`);
      return { objectId: "log" };
    },
    fail: ({ admin }) => refused(admin.send("/api/audit/stream?format=ocsf&after=9-9"), { objectId: "log" }),
    deny: ({ powerless }) => refused(powerless.send("/api/audit/stream?format=ocsf"), { objectId: "log" }),
  },
  {
    code: "permit_export",
    by: "permits.export",
    succeed: async ({ admin }) => {
      await (await admin.send("/api/permits/export?type=event")).text();
      return { objectId: "list" };
    },
    fail: ({ admin }) => refused(admin.send("/api/permits/export?status=gone"), {}),
    deny: ({ powerless }) => refused(powerless.send("/api/permits/export"), { objectId: "list" }),
  },
  {
    code: "document_upload",
    by: "documents.upload",
    succeed: async ({ admin, permit }) => {
      const answer = await upload(admin, await permit());
      const { document } = (await answer.json()) as { document: { id: number } };
      return { objectId: document.id, changed: ["name", "kind", "media_type", "size", "sha256", "state"] };
    },
    fail: async ({ admin, permit }) => refused(upload(admin, await permit(), "plan.exe"), {}),
    deny: async ({ powerless, permit }) => refused(upload(powerless, await permit()), {}),
  },
  {
    code: "document_download",
    by: "documents.download",
    succeed: async ({ admin, document }) => {
      const id = await document();
      await (await admin.send(`/api/documents/${id}/content`)).arrayBuffer();
      return { objectId: id };
    },
    fail: ({ admin }) => refused(admin.send(`/api/documents/${nothing}/content`), { objectId: nothing }),
    deny: async ({ powerless, document }) => {
      const id = await document();
      return refused(powerless.send(`/api/documents/${id}/content`), { objectId: id });
    },
  },
  {
    code: "document_delete",
    by: "documents.delete",
    succeed: async ({ admin, document }) => {
      const documentId = await document();
      await admin.trpc.documents.delete.mutate({ documentId, reason });
      return { objectId: documentId, changed: ["name", "kind", "media_type", "size", "sha256", "state"] };
    },
    fail: ({ admin }) =>
      refused(admin.trpc.documents.delete.mutate({ documentId: nothing, reason }), { objectId: nothing }),
    deny: async ({ powerless, document }) => {
      const documentId = await document();
      return refused(powerless.trpc.documents.delete.mutate({ documentId, reason }), { objectId: documentId });
    },
  },
  {
    code: "document_verify",
    by: "documents.verify",
    succeed: async ({ admin, document }) => {
      const documentId = await document();
      await admin.trpc.documents.verify.mutate({ documentId, decision: "accepted" });
      return { objectId: documentId, changed: ["state", "verified_at", "verified_by"] };
    },
    fail: ({ admin }) =>
      refused(admin.trpc.documents.verify.mutate({ documentId: nothing, decision: "accepted" }), { objectId: nothing }),
    deny: async ({ powerless, document }) => {
      const documentId = await document();
      return refused(powerless.trpc.documents.verify.mutate({ documentId, decision: "accepted" }), {
        objectId: documentId,
      });
    },
  },
  {
    code: "user_login",
    by: "auth.signIn",
    succeed: async ({ url, powerless }) => {
      await signIn(url, { username: "person 1", password: powerless.password });
      return { objectId: powerless.id };
    },
    fail: ({ admin, powerless }) =>
      refused(admin.trpc.auth.signIn.mutate({ username: "person 1", password: "wrong" }), { objectId: powerless.id }),
    deny: "anybody may try to sign in",
  },
  {
    code: "user_login",
    by: "contract.login",
    succeed: async ({ powerless }) => {
      await powerless.trpc.contract.login.mutate({ username: "person 1", password: powerless.password });
      return { objectId: powerless.id };
    },
    fail: ({ powerless }) =>
      refused(powerless.trpc.contract.login.mutate({ username: "person 1", password: "wrong" }), {
        objectId: powerless.id,
      }),
    deny: "anybody may try to sign in",
  },
  {
    code: "user_login",
    by: "auth.reauthenticate",
    succeed: async ({ powerless }) => {
      await powerless.trpc.auth.reauthenticate.mutate({ password: powerless.password });
      return { objectId: powerless.id };
    },
    fail: ({ powerless }) =>
      refused(powerless.trpc.auth.reauthenticate.mutate({ password: "wrong" }), { objectId: powerless.id }),
    deny: "anybody may try to sign in",
  },
  {
    code: "user_logout",
    by: "auth.signOut",
    succeed: async ({ url, powerless }) => {
      const again = await signIn(url, { username: "person 1", password: powerless.password });
      await again.trpc.auth.signOut.mutate();
      return { objectId: powerless.id };
    },
    fail: "a session ends, or there is none",
    deny: ownAccount,
  },
  {
    code: "user_create",
    by: "users.create",
    succeed: async ({ admin }) => {
      const { user } = await admin.trpc.users.create.mutate({ username: "somebody", name: "Some Body" });
      return { objectId: user.id, changed: ["username", "name", "status", "must_change_password"] };
    },
    fail: ({ admin }) => refused(admin.trpc.users.create.mutate({ username: "ADMIN", name: "Twice" }), {}),
    deny: ({ powerless }) => refused(powerless.trpc.users.create.mutate({ username: "other", name: "Other" }), {}),
  },
  {
    code: "user_update",
    by: "users.update",
    succeed: async ({ admin, user }) => {
      const { id } = await user();
      await admin.trpc.users.update.mutate({ userId: id, version: 1, name: "Renamed", email: "a@b.example" });
      return { objectId: id, changed: ["name", "email"] };
    },
    fail: async ({ admin, user }) => {
      const { id } = await user();
      return refused(admin.trpc.users.update.mutate({ userId: id, version: 9, name: "Renamed" }), { objectId: id });
    },
    deny: ({ powerless }) =>
      refused(powerless.trpc.users.update.mutate({ userId: 1, version: 1, name: "x" }), { objectId: 1 }),
  },
  {
    code: "user_delete",
    by: "users.delete",
    succeed: async ({ admin, user }) => {
      const { id } = await user();
      await admin.trpc.users.delete.mutate({ userId: id, reason });
      return { objectId: id, changed: ["username", "name", "status", "must_change_password"] };
    },
    fail: ({ admin }) => refused(admin.trpc.users.delete.mutate({ userId: nothing, reason }), { objectId: nothing }),
    deny: ({ admin }) => refused(admin.trpc.users.delete.mutate({ userId: admin.id, reason }), { objectId: admin.id }),
  },
  {
    code: "user_change_password",
    by: "auth.changePassword",
    succeed: async ({ url, user }) => {
      const person = await user();
      const own = await signIn(url, person);
      await own.trpc.auth.changePassword.mutate({
        currentPassword: person.password,
        newPassword: "Velvet-Piano-Comet-88",
      });
      return { objectId: person.id };
    },
    fail: ({ powerless }) =>
      refused(
        powerless.trpc.auth.changePassword.mutate({ currentPassword: "wrong", newPassword: "Velvet-Piano-Comet-88" }),
        {
          objectId: powerless.id,
        },
      ),
    deny: ownAccount,
  },
  {
    code: "user_change_password",
    by: "users.resetPassword",
    succeed: async ({ admin, user }) => {
      const { id } = await user();
      await admin.trpc.users.resetPassword.mutate({ userId: id });
      return { objectId: id };
    },
    fail: ({ admin }) => refused(admin.trpc.users.resetPassword.mutate({ userId: nothing }), { objectId: nothing }),
    deny: ({ powerless, admin }) =>
      refused(powerless.trpc.users.resetPassword.mutate({ userId: admin.id }), { objectId: admin.id }),
  },
  {
    code: "user_activate",
    by: "users.activate",
    succeed: async ({ admin, user }) => {
      const { id } = await user();
      await admin.trpc.users.deactivate.mutate({ userId: id, reason });
      await admin.trpc.users.activate.mutate({ userId: id });
      return { objectId: id, changed: ["status"] };
    },
    fail: ({ admin }) => refused(admin.trpc.users.activate.mutate({ userId: nothing }), { objectId: nothing }),
    deny: ({ powerless }) => refused(powerless.trpc.users.activate.mutate({ userId: 1 }), { objectId: 1 }),
  },
  {
    code: "user_deactivate",
    by: "users.deactivate",
    succeed: async ({ admin, user }) => {
      const { id } = await user();
      await admin.trpc.users.deactivate.mutate({ userId: id, reason });
      return { objectId: id, changed: ["status"] };
    },
    fail: ({ admin }) =>
      refused(admin.trpc.users.deactivate.mutate({ userId: nothing, reason }), { objectId: nothing }),
    deny: ({ admin }) =>
      refused(admin.trpc.users.deactivate.mutate({ userId: admin.id, reason }), { objectId: admin.id }),
  },
  {
    code: "role_create",
    by: "roles.create",
    succeed: async ({ admin }) => {
      const { role } = doneOf(await admin.trpc.roles.create.mutate({ name: "Night duty", features: ["permits.read"] }));
      return { objectId: role.id, changed: ["name", "description", "features"] };
    },
    fail: ({ admin }) => refused(admin.trpc.roles.create.mutate({ name: "auditor" }), {}),
    deny: ({ powerless }) => refused(powerless.trpc.roles.create.mutate({ name: "Mine" }), {}),
  },
  {
    code: "role_update",
    by: "roles.update",
    succeed: async ({ admin, role }) => {
      const roleId = await role();
      await admin.trpc.roles.update.mutate({ roleId, version: 1, description: "At night." });
      return { objectId: roleId, changed: ["description"] };
    },
    fail: async ({ admin, role }) => {
      const roleId = await role();
      return refused(admin.trpc.roles.update.mutate({ roleId, version: 9, name: "x" }), { objectId: roleId });
    },
    deny: async ({ powerless, role }) => {
      const roleId = await role();
      return refused(powerless.trpc.roles.update.mutate({ roleId, version: 1, name: "x" }), { objectId: roleId });
    },
  },
  {
    code: "role_delete",
    by: "roles.delete",
    succeed: async ({ admin, role }) => {
      const roleId = await role();
      await admin.trpc.roles.delete.mutate({ roleId, reason });
      return { objectId: roleId, changed: ["name", "description", "features", "users"] };
    },
    fail: ({ admin }) => refused(admin.trpc.roles.delete.mutate({ roleId: nothing, reason }), { objectId: nothing }),
    deny: async ({ powerless, role }) => {
      const roleId = await role();
      return refused(powerless.trpc.roles.delete.mutate({ roleId, reason }), { objectId: roleId });
    },
  },
  {
    code: "role_assign_user",
    by: "roles.assignUser",
    succeed: async ({ admin, role, user }) => {
      const roleId = await role();
      await admin.trpc.roles.assignUser.mutate({ roleId, userId: (await user()).id });
      return { objectId: roleId, changed: ["users"] };
    },
    fail: ({ admin, powerless }) =>
      refused(admin.trpc.roles.assignUser.mutate({ roleId: nothing, userId: powerless.id }), { objectId: nothing }),
    deny: async ({ admin, role }) => {
      const roleId = await role();
      return refused(admin.trpc.roles.assignUser.mutate({ roleId, userId: admin.id }), { objectId: roleId });
    },
  },
  {
    code: "role_assign_user",
    by: "users.create",
    succeed: async ({ admin, role }) => {
      const roleId = await role();
      await admin.trpc.users.create.mutate({ username: "with a role", name: "With A. Role", roleIds: [roleId] });
      return { objectId: roleId, changed: ["users"] };
    },
    fail: "a user who is not created is told as user_create",
    deny: "a user who is not created is told as user_create",
  },
  {
    code: "role_revoke_user",
    by: "roles.revokeUser",
    succeed: async ({ admin, role, user }) => {
      const given = { roleId: await role(), userId: (await user()).id };
      await admin.trpc.roles.assignUser.mutate(given);
      await admin.trpc.roles.revokeUser.mutate(given);
      return { objectId: given.roleId, changed: ["users"] };
    },
    fail: ({ admin, powerless }) =>
      refused(admin.trpc.roles.revokeUser.mutate({ roleId: nothing, userId: powerless.id }), { objectId: nothing }),
    deny: ({ powerless, admin }) =>
      refused(powerless.trpc.roles.revokeUser.mutate({ roleId: 1, userId: admin.id }), { objectId: 1 }),
  },
  {
    code: "role_assign_feature",
    by: "roles.assignFeature",
    succeed: async ({ admin, role }) => {
      const roleId = await role();
      await admin.trpc.roles.assignFeature.mutate({ roleId, feature: "permits.create" });
      return { objectId: roleId, changed: ["features"] };
    },
    fail: ({ admin }) =>
      refused(admin.trpc.roles.assignFeature.mutate({ roleId: nothing, feature: "permits.create" }), {
        objectId: nothing,
      }),
    deny: ({ powerless }) =>
      refused(powerless.trpc.roles.assignFeature.mutate({ roleId: 1, feature: "permits.create" }), { objectId: 1 }),
  },
  {
    code: "role_revoke_feature",
    by: "roles.revokeFeature",
    succeed: async ({ admin, role }) => {
      const roleId = await role();
      await admin.trpc.roles.revokeFeature.mutate({ roleId, feature: "permits.read" });
      return { objectId: roleId, changed: ["features"] };
    },
    fail: ({ admin }) =>
      refused(admin.trpc.roles.revokeFeature.mutate({ roleId: nothing, feature: "permits.read" }), {
        objectId: nothing,
      }),
    deny: ({ powerless }) =>
      refused(powerless.trpc.roles.revokeFeature.mutate({ roleId: 1, feature: "permits.read" }), { objectId: 1 }),
  },
  {
    code: "system_config_change",
    by: "settings.change",
    succeed: async ({ admin }) => {
      await admin.trpc.settings.change.mutate({ key: "audit.default_days", value: 14 });
      return { objectId: "audit.default_days", changed: ["value"] };
    },
    fail: ({ admin }) =>
      refused(admin.trpc.settings.change.mutate({ key: "audit.default_days", value: 0 }), {
        objectId: "audit.default_days",
      }),
    deny: ({ powerless }) =>
      refused(powerless.trpc.settings.change.mutate({ key: "audit.default_days", value: 3 }), {
        objectId: "audit.default_days",
      }),
  },
  {
    code: "system_config_change",
    by: "eventTypes.update",
    succeed: async ({ admin }) => {
      await admin.trpc.eventTypes.update.mutate({ code: "permit_renew", severity: "high" });
      return { objectId: "event_type:permit_renew", changed: ["severity"] };
    },
    fail: ({ admin }) =>
      refused(admin.trpc.eventTypes.update.mutate({ code: "permit_delete", enabled: false }), {
        objectId: "event_type:permit_delete",
      }),
    deny: ({ powerless }) =>
      refused(powerless.trpc.eventTypes.update.mutate({ code: "permit_renew", enabled: false }), {
        objectId: "event_type:permit_renew",
      }),
  },
  viewing("audit.list", (who) => who.trpc.audit.list.query({ days: 30, severities: ["critical"] })),
  viewing("audit.facets", (who) => who.trpc.audit.facets.query({ fields: ["actor"], notCodes: ["permit_read"] })),
  viewing("audit.histogram", (who) => who.trpc.audit.histogram.query({ days: 30, categories: ["role"] })),
  viewing("audit.whyEmpty", (who) => who.trpc.audit.whyEmpty.query({ actors: ["user:404"] })),
  viewing("audit.live", (who) =>
    ok(who.send(`/trpc/audit.live?input=${encodeURIComponent('{"json":{}}')}`).then(beginningOf)),
  ),
  viewing("audit.get", (who, id) => who.trpc.audit.get.query({ id })),
  viewing("audit.userActivity", (who) => who.trpc.audit.userActivity.query({ userId: 1 })),
  viewing("audit.objectHistory", (who) => who.trpc.audit.objectHistory.query({ objectType: "permit", objectId: "1" })),
  viewing("audit.doneToUser", (who) => who.trpc.audit.doneToUser.query({ userId: 1 })),
  viewing("audit.userSeen", (who) => who.trpc.audit.userSeen.query({ userId: 1 })),
  viewing("audit.userAddresses", (who) => who.trpc.audit.userAddresses.query({ userId: 1 })),
  viewing("overview.days", (who) => who.trpc.overview.days.query({})),
  viewing("overview.kinds", (who) => who.trpc.overview.kinds.query({})),
  viewing("overview.latest", (who) => who.trpc.overview.latest.query({})),
  viewing("overview.networks", (who) => who.trpc.overview.networks.query({})),
  viewing("overview.rankings", (who) => who.trpc.overview.rankings.query({})),
  viewing("history.object", (who) => who.trpc.history.object.query(firstPermit)),
  viewing("history.events", (who) => who.trpc.history.events.query(firstPermit)),
  viewing("history.changes", (who) => who.trpc.history.changes.query(firstPermit)),
  viewing("history.around", (who, id) => who.trpc.history.around.query({ id, by: "actor" })),
  viewing("integrity.proof", (who, id) => sealed(() => who.trpc.integrity.proof.query({ id }))),
  viewing("integrity.proofFile", (who, id) => sealed(() => ok(who.send(`/api/audit/events/${id}/proof.tlog-proof`)))),
  viewing("alerts.backTest", (who) =>
    who.trpc.alerts.backTest.query({
      definition: { filter: { codes: ["permit_read"] }, trigger: { kind: "each" } },
    }),
  ),
  viewing("contract.logs", (who) => ok(who.send("/api/audit/logs/?days=7")), true),
  viewing("contract.userActivity", (who) => ok(who.send("/api/audit/user/1/")), true),
  viewing("contract.objectHistory", (who) => ok(who.send("/api/audit/history/?content_type=permit&object_id=1")), true),
];

/** An event is under a signed checkpoint a moment after it is stored. */
async function sealed(call: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await call();
      return;
    } catch (error) {
      if (tries === 20 || (!String(error).includes("not under a signed checkpoint") && !String(error).includes("409")))
        throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

async function ok(call: Promise<Response>): Promise<void> {
  const answer = await call;
  if (!answer.ok) throw new Error(`the call was refused with ${answer.status}`);
}

/** Events whose operations come with later versions. */
export const later: Partial<Record<CustomerEventCode, string>> = {
  system_backup: "comes with backups",
  system_restore: "comes with backups",
  report_generate: "comes with reports",
  report_export: "comes with reports",
};
