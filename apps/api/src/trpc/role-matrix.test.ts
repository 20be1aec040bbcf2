import { isEventCode } from "@countersign/audit/catalogue";
import { type Feature, features, isFeature } from "@countersign/audit/features";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shippedRoles } from "../domain/shipped-roles.ts";
import { restProcedures } from "../http/rest.ts";
import { rawRoutes } from "../raw-routes.ts";
import { appRouter } from "../router.ts";
import { type Caller, createTestApi, type TestApi } from "../testing.ts";
import { beginningOf } from "../testing-stream.ts";
import type { ProcedureMeta } from "./init.ts";

type Row = {
  kind: "query" | "mutation" | "subscription";
  access: Feature | "signed-in" | "public";
  events: readonly string[];
};

/** Who may call what, and which events tell of it. A procedure without a row here fails the suite. */
const matrix: Record<string, Row> = {
  "auth.signIn": { kind: "mutation", access: "public", events: ["user_login"] },
  "auth.signOut": { kind: "mutation", access: "signed-in", events: ["user_logout"] },
  "auth.reauthenticate": { kind: "mutation", access: "signed-in", events: ["user_login"] },
  "auth.changePassword": { kind: "mutation", access: "signed-in", events: ["user_change_password"] },
  "auth.me": { kind: "query", access: "signed-in", events: [] },
  "permits.list": { kind: "query", access: "permits.read", events: ["sys_access_denied"] },
  "permits.read": { kind: "query", access: "permits.read", events: ["permit_read"] },
  "permits.assignees": { kind: "query", access: "permits.assign", events: ["sys_access_denied"] },
  "permits.create": { kind: "mutation", access: "permits.create", events: ["permit_create"] },
  "permits.update": { kind: "mutation", access: "permits.update", events: ["permit_update"] },
  "permits.approve": { kind: "mutation", access: "permits.approve", events: ["permit_approve"] },
  "permits.reject": { kind: "mutation", access: "permits.approve", events: ["permit_reject"] },
  "permits.activate": { kind: "mutation", access: "permits.activate", events: ["permit_activate"] },
  "permits.deactivate": { kind: "mutation", access: "permits.activate", events: ["permit_deactivate"] },
  "permits.cancel": { kind: "mutation", access: "permits.cancel", events: ["permit_cancel"] },
  "permits.renew": { kind: "mutation", access: "permits.renew", events: ["permit_renew"] },
  "permits.delete": { kind: "mutation", access: "permits.delete", events: ["permit_delete"] },
  "permits.assign": { kind: "mutation", access: "permits.assign", events: ["permit_assign", "permit_reassign"] },
  "permits.unassign": { kind: "mutation", access: "permits.assign", events: ["permit_reassign"] },
  "users.list": { kind: "query", access: "users.read", events: ["sys_access_denied"] },
  "users.get": { kind: "query", access: "users.read", events: ["sys_access_denied"] },
  "users.create": { kind: "mutation", access: "users.create", events: ["user_create", "role_assign_user"] },
  "users.update": { kind: "mutation", access: "users.update", events: ["user_update"] },
  "users.activate": { kind: "mutation", access: "users.activate", events: ["user_activate"] },
  "users.deactivate": { kind: "mutation", access: "users.activate", events: ["user_deactivate"] },
  "users.delete": { kind: "mutation", access: "users.delete", events: ["user_delete"] },
  "users.resetPassword": { kind: "mutation", access: "users.update", events: ["user_change_password"] },
  "users.sessions": { kind: "query", access: "users.sessions", events: ["sys_access_denied"] },
  "users.endSessions": { kind: "mutation", access: "users.sessions", events: ["sys_session_revoked"] },
  "users.ownSessions": { kind: "query", access: "signed-in", events: ["sys_access_denied"] },
  "users.endOwnSessions": { kind: "mutation", access: "signed-in", events: ["sys_session_revoked"] },
  "roles.list": { kind: "query", access: "roles.read", events: ["sys_access_denied"] },
  "roles.get": { kind: "query", access: "roles.read", events: ["sys_access_denied"] },
  "roles.features": { kind: "query", access: "roles.read", events: ["sys_access_denied"] },
  "roles.create": { kind: "mutation", access: "roles.manage", events: ["role_create"] },
  "roles.update": { kind: "mutation", access: "roles.manage", events: ["role_update"] },
  "roles.delete": { kind: "mutation", access: "roles.manage", events: ["role_delete"] },
  "roles.assignUser": { kind: "mutation", access: "roles.assign", events: ["role_assign_user"] },
  "roles.revokeUser": { kind: "mutation", access: "roles.assign", events: ["role_revoke_user"] },
  "roles.assignFeature": { kind: "mutation", access: "roles.features", events: ["role_assign_feature"] },
  "roles.revokeFeature": { kind: "mutation", access: "roles.features", events: ["role_revoke_feature"] },
  "documents.list": { kind: "query", access: "documents.read", events: ["sys_access_denied"] },
  "documents.listAll": { kind: "query", access: "documents.read", events: ["sys_access_denied"] },
  "documents.get": { kind: "query", access: "documents.read", events: ["sys_access_denied"] },
  "documents.verify": { kind: "mutation", access: "documents.verify", events: ["document_verify"] },
  "documents.delete": { kind: "mutation", access: "documents.delete", events: ["document_delete"] },
  "events.record": { kind: "mutation", access: "audit.write", events: ["sys_access_denied"] },
  "events.recordMany": { kind: "mutation", access: "audit.write", events: ["sys_access_denied"] },
  "events.recordCloudEvent": { kind: "mutation", access: "audit.write", events: ["sys_access_denied"] },
  "events.recordCloudEvents": { kind: "mutation", access: "audit.write", events: ["sys_access_denied"] },
  "audit.list": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "audit.facets": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "audit.histogram": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "audit.whyEmpty": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "audit.live": { kind: "subscription", access: "audit.read", events: ["audit_view_logs"] },
  "audit.get": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "audit.userActivity": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "audit.doneToUser": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "audit.userSeen": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "audit.userAddresses": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "audit.objectHistory": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "overview.days": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "overview.kinds": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "overview.rankings": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "overview.latest": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "overview.networks": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "history.object": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "history.events": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "history.changes": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "history.around": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "views.list": { kind: "query", access: "audit.read", events: ["sys_access_denied"] },
  "views.save": { kind: "mutation", access: "audit.read", events: ["sys_view_changed"] },
  "views.update": { kind: "mutation", access: "audit.read", events: ["sys_view_changed"] },
  "views.rename": { kind: "mutation", access: "audit.read", events: ["sys_view_changed"] },
  "views.share": { kind: "mutation", access: "audit.read", events: ["sys_view_changed"] },
  "views.star": { kind: "mutation", access: "audit.read", events: ["sys_view_changed"] },
  "views.setDefault": { kind: "mutation", access: "audit.read", events: ["sys_view_changed"] },
  "views.remove": { kind: "mutation", access: "audit.read", events: ["sys_view_changed"] },
  "alerts.list": { kind: "query", access: "alerts.read", events: ["sys_access_denied"] },
  "alerts.open": { kind: "query", access: "alerts.read", events: ["sys_access_denied"] },
  "alerts.get": { kind: "query", access: "alerts.read", events: ["sys_access_denied"] },
  "alerts.acknowledge": { kind: "mutation", access: "alerts.read", events: ["sys_alert_acknowledged"] },
  "alerts.close": { kind: "mutation", access: "alerts.read", events: ["sys_alert_acknowledged"] },
  "alerts.rules": { kind: "query", access: "alerts.read", events: ["sys_access_denied"] },
  "alerts.createRule": { kind: "mutation", access: "alerts.manage", events: ["sys_rule_changed"] },
  "alerts.updateRule": { kind: "mutation", access: "alerts.manage", events: ["sys_rule_changed"] },
  "alerts.deleteRule": { kind: "mutation", access: "alerts.manage", events: ["sys_rule_changed"] },
  "alerts.backTest": { kind: "query", access: "alerts.manage", events: ["audit_view_logs"] },
  "alerts.channels": { kind: "query", access: "alerts.read", events: ["sys_access_denied"] },
  "alerts.createChannel": { kind: "mutation", access: "alerts.manage", events: ["sys_channel_changed"] },
  "alerts.updateChannel": { kind: "mutation", access: "alerts.manage", events: ["sys_channel_changed"] },
  "alerts.rotateSecret": { kind: "mutation", access: "alerts.manage", events: ["sys_channel_changed"] },
  "alerts.deleteChannel": { kind: "mutation", access: "alerts.manage", events: ["sys_channel_changed"] },
  "alerts.testChannel": { kind: "mutation", access: "alerts.manage", events: ["sys_channel_changed"] },
  "alerts.deliveries": { kind: "query", access: "alerts.read", events: ["sys_access_denied"] },
  "alerts.delivery": { kind: "query", access: "alerts.read", events: ["sys_access_denied"] },
  "alerts.sendAgain": { kind: "mutation", access: "alerts.manage", events: ["sys_channel_changed"] },
  "contract.logs": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "contract.userActivity": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "contract.objectHistory": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "contract.login": { kind: "mutation", access: "public", events: ["user_login"] },
  "eventTypes.list": { kind: "query", access: "events.read", events: ["sys_access_denied"] },
  "eventTypes.activity": { kind: "query", access: "events.read", events: ["sys_access_denied"] },
  "eventTypes.update": { kind: "mutation", access: "events.configure", events: ["system_config_change"] },
  "keys.list": { kind: "query", access: "system.keys", events: ["sys_access_denied"] },
  "keys.create": { kind: "mutation", access: "system.keys", events: ["sys_api_key_created"] },
  "keys.revoke": { kind: "mutation", access: "system.keys", events: ["sys_api_key_revoked"] },
  "keys.rotate": {
    kind: "mutation",
    access: "system.keys",
    events: ["sys_api_key_created", "sys_api_key_revoked"],
  },
  "approvals.list": { kind: "query", access: "approvals.read", events: ["sys_access_denied"] },
  "approvals.mine": { kind: "query", access: "signed-in", events: ["sys_access_denied"] },
  "approvals.waiting": { kind: "query", access: "approvals.decide", events: ["sys_access_denied"] },
  "approvals.get": { kind: "query", access: "approvals.read", events: ["sys_access_denied"] },
  "approvals.approve": { kind: "mutation", access: "approvals.decide", events: ["sys_approval_decided"] },
  "approvals.refuse": { kind: "mutation", access: "approvals.decide", events: ["sys_approval_decided"] },
  "approvals.withdraw": { kind: "mutation", access: "signed-in", events: ["sys_approval_withdrawn"] },
  "settings.list": { kind: "query", access: "system.config", events: ["sys_access_denied"] },
  "settings.change": { kind: "mutation", access: "system.config", events: ["system_config_change"] },
  "retention.status": { kind: "query", access: "retention.read", events: ["sys_access_denied"] },
  "retention.preview": { kind: "query", access: "retention.read", events: ["sys_access_denied"] },
  "retention.runs": { kind: "query", access: "retention.read", events: ["sys_access_denied"] },
  "retention.manifest": { kind: "query", access: "retention.read", events: ["sys_access_denied"] },
  "retention.run": { kind: "mutation", access: "retention.manage", events: ["sys_retention_asked"] },
  "retention.listHolds": { kind: "query", access: "retention.read", events: ["sys_access_denied"] },
  "retention.countScope": { kind: "query", access: "retention.hold", events: ["sys_access_denied"] },
  "retention.placeHold": { kind: "mutation", access: "retention.hold", events: ["sys_hold_placed"] },
  "retention.releaseHold": { kind: "mutation", access: "retention.hold", events: ["sys_hold_released"] },
  "archives.list": { kind: "query", access: "retention.read", events: ["sys_access_denied"] },
  "archives.verify": { kind: "mutation", access: "retention.read", events: ["sys_access_denied"] },
  "archives.load": { kind: "mutation", access: "retention.manage", events: ["sys_access_denied"] },
  "archives.unload": { kind: "mutation", access: "retention.manage", events: ["sys_access_denied"] },
  "erasures.list": { kind: "query", access: "retention.read", events: ["sys_access_denied"] },
  "erasures.get": { kind: "query", access: "retention.read", events: ["sys_access_denied"] },
  "erasures.preview": { kind: "query", access: "retention.erase", events: ["sys_access_denied"] },
  "erasures.record": { kind: "mutation", access: "retention.erase", events: ["sys_details_erased"] },
  "erasures.certificate": { kind: "query", access: "retention.read", events: ["sys_access_denied"] },
  "integrity.status": { kind: "query", access: "audit.read", events: ["sys_access_denied"] },
  "integrity.checkpoints": { kind: "query", access: "audit.read", events: ["sys_access_denied"] },
  "integrity.progress": { kind: "query", access: "audit.read", events: ["sys_access_denied"] },
  "integrity.verify": { kind: "mutation", access: "audit.verify", events: ["sys_access_denied"] },
  "integrity.proof": { kind: "query", access: "audit.read", events: ["audit_view_logs"] },
  "system.settings": { kind: "query", access: "signed-in", events: [] },
  "system.status": { kind: "query", access: "signed-in", events: ["sys_access_denied"] },
  "welcome.state": { kind: "query", access: "system.config", events: ["sys_access_denied"] },
  "welcome.loadDemo": { kind: "mutation", access: "system.config", events: ["sys_demo_loaded"] },
  "welcome.takeDemoPeople": { kind: "mutation", access: "system.config", events: ["sys_access_denied"] },
};

/** The same for the addresses that take or give bytes. */
const rawMatrix: Record<string, { method: string; access: Feature; events: readonly string[] }> = {
  "permits.export": { method: "GET", access: "permits.export", events: ["permit_export"] },
  "audit.stream": { method: "GET", access: "audit.export", events: ["audit_export_logs"] },
  "integrity.proofFile": { method: "GET", access: "audit.read", events: ["audit_view_logs"] },
  "documents.upload": { method: "POST", access: "documents.upload", events: ["document_upload"] },
  "documents.download": { method: "GET", access: "documents.read", events: ["document_download"] },
};

type Walked = { _def: { type: string; meta?: ProcedureMeta } };
const walked = Object.entries(appRouter._def.procedures as unknown as Record<string, Walked>);
const rows = Object.entries(matrix);
const guarded = rows.filter(([, { access }]) => isFeature(access)) as [string, Row & { access: Feature }][];

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

/** Calls a procedure with nothing in it: whoever may not call it must not learn what it takes. */
const call = async (who: Caller, name: string, kind: Row["kind"]): Promise<number> => {
  const answer = await (kind === "mutation"
    ? who.post(`/trpc/${name}`, { json: {} })
    : who.get(`/trpc/${name}?input=%7B%22json%22:%7B%7D%7D`).then(beginningOf));
  return answer.status;
};

test("every procedure says of itself what the matrix says, and none is missing", () => {
  const found = walked.map(([name, { _def }]) => [
    name,
    { kind: _def.type, access: _def.meta?.access, events: _def.meta?.events ?? [] },
  ]);
  expect(Object.fromEntries(found)).toEqual(matrix);
});

test("whatever changes something has an event, and every event is in the catalogue", () => {
  for (const [name, { kind, access, events }] of rows) {
    if (kind === "mutation") expect(events, name).not.toEqual([]);
    expect(isFeature(access) || ["signed-in", "public"].includes(access), name).toBe(true);
    expect(events.filter((code) => !isEventCode(code))).toEqual([]);
  }
  expect(rows.filter(([, { access }]) => access === "public").map(([name]) => name)).toEqual([
    "auth.signIn",
    "contract.login",
  ]);
});

test("nobody who is not signed in gets further than 401, and leaves no event", async () => {
  const nobody = api.caller();
  const stranger = api.caller({ token: "A".repeat(43) });
  for (const [name, { kind, access }] of rows) {
    const expected = access === "public" ? 422 : 401;
    expect([name, await call(nobody, name, kind)]).toEqual([name, expected]);
    expect([name, await call(stranger, name, kind)]).toEqual([name, expected]);
  }
  expect((await api.stored()).filter(({ actor }) => actor.type !== "platform")).toEqual([]);
});

test.each(guarded)(
  "%s is refused to whoever has everything but its feature, and that is recorded once",
  async (name, row) => {
    const powerless = await api.person([]);
    const almost = await api.person(Object.keys(features).filter((feature) => feature !== row.access) as Feature[]);
    for (const who of [powerless, almost]) {
      expect(await call(who, name, row.kind)).toBe(403);
      expect(await api.stored({ actorId: String(who.id) })).toMatchObject([
        {
          code: row.events[0],
          status: "denied",
          actor: { type: "user", id: String(who.id), label: who.name, roles: [who.role] },
          endpoint: `/trpc/${name}`,
          requestMethod: row.kind === "mutation" ? "POST" : "GET",
          ip: "192.0.2.1",
          userAgent: "test",
          errorMessage: `This needs the feature ${row.access}, which none of your roles has.`,
          changes: null,
        },
      ]);
    }
  },
);

test.each(guarded)("%s is not refused to whoever has its feature and nothing else", async (name, row) => {
  const able = await api.person([row.access]);
  expect([200, 422]).toContain(await call(able, name, row.kind));
});

test.each(Object.entries(shippedRoles))(
  "the shipped role %s may call what its features say, and nothing else",
  async (_, role) => {
    const held: readonly Feature[] = role.features;
    const person = await api.person(held, `A ${role.name}`);
    for (const [name, { kind, access }] of guarded) {
      const status = await call(person, name, kind);
      expect([name, status === 403]).toEqual([name, !held.includes(access)]);
    }
    for (const [name, { access }] of rawRows) {
      expect([name, (await callRaw(person, name)) === 403]).toEqual([name, !held.includes(access as Feature)]);
    }
  },
);

test("plain HTTP refuses whom tRPC refuses: 401 without a session, 403 without the feature", async () => {
  const nobody = api.caller();
  const powerless = await api.person([]);
  for (const { name, route, access } of restProcedures()) {
    const path = route.path.replace(/\{\w+\}/g, "999999");
    const init = { method: route.method, ...(route.method !== "GET" && { body: "{}" }) };
    const refused = access === "public" ? 422 : 401;
    expect([name, (await nobody.send(path, init)).status]).toEqual([name, refused]);
    if (isFeature(access)) expect([name, (await powerless.send(path, init)).status]).toEqual([name, 403]);
  }
});

test("a right that is taken away is gone at the next call", async () => {
  const person = await api.person(["permits.read"]);
  expect(await call(person, "permits.list", "query")).toBe(200);
  await api.database.admin
    .sql`delete from role_features where role_id in (select role_id from user_roles where user_id = ${person.id})`;
  expect(await call(person, "permits.list", "query")).toBe(403);
  await api.database.admin.sql`update users set status = 'inactive' where id = ${person.id}`;
  expect(await call(person, "permits.list", "query")).toBe(401);
});

test("a feature that no version of this product knows opens nothing", async () => {
  const person = await api.person(["everything" as Feature]);
  for (const [name, { kind }] of guarded) expect([name, await call(person, name, kind)]).toEqual([name, 403]);
});

const rawRows = Object.entries(rawMatrix).map(([name, row]) => [name, row] as const);

/** Asks for something that is not there, so that only the right decides. */
const callRaw = async (who: Caller, name: string): Promise<number> => {
  const { method, path, takes } = { takes: undefined, ...rawRoutes[name as keyof typeof rawRoutes] };
  const headers: Record<string, string> = takes?.[0] === undefined ? {} : { "content-type": takes[0] };
  return (await who.send(path.replace(/\{\w+\}/g, "999999"), { method, headers })).status;
};

test("every address of bytes says of itself what the matrix says, and none is missing", () => {
  const found = Object.entries(rawRoutes).map(([name, { method, meta }]) => [
    name,
    { method, access: meta.access, events: meta.events },
  ]);
  expect(Object.fromEntries(found)).toEqual(rawMatrix);
});

test.each(rawRows)("%s gives and takes no bytes without its feature, and says so in one event", async (name, row) => {
  expect(await callRaw(api.caller(), name)).toBe(401);
  expect(await callRaw(api.caller({ token: "A".repeat(43) }), name)).toBe(401);
  const powerless = await api.person([]);
  const almost = await api.person(Object.keys(features).filter((feature) => feature !== row.access) as Feature[]);
  for (const who of [powerless, almost]) {
    expect(await callRaw(who, name)).toBe(403);
    expect(await api.stored({ actorId: String(who.id) })).toMatchObject([
      { code: row.events[0], status: "denied", requestMethod: row.method, changes: null },
    ]);
  }
  const able = await api.person([row.access]);
  expect([200, 404, 422]).toContain(await callRaw(able, name));
});
