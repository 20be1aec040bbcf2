import { type Feature, features } from "@countersign/audit/features";
import { uuid7 } from "@countersign/audit/uuid7";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendFile } from "../documents/testing/office.ts";
import { rawRoutes } from "../raw-routes.ts";
import { appRouter } from "../router.ts";
import { createTestApi, type Person, type TestApi } from "../testing.ts";
import { openApiDocument } from "./openapi.ts";
import type { RawRoute } from "./raw-route.ts";
import { restProcedures } from "./rest.ts";

/** Procedures without an address of their own, and why. */
const withoutAddress: Record<string, string> = {
  "audit.live": "a stream; integrate.md shows how to follow it with curl",
  "welcome.takeDemoPeople": "shown once, on the page that had the office filled",
  "auth.signIn": "contract.login is the same act at the address of the customer's contract",
};

/** Addresses that are not called below, and where they are. */
const calledElsewhere: Record<string, string> = {
  "alerts.get": "takes an alert: alerts.test.ts",
  "alerts.acknowledge": "takes an alert: alerts.test.ts",
  "alerts.close": "takes an alert: alerts.test.ts",
  "alerts.delivery": "takes a delivery: alerts.test.ts",
  "alerts.sendAgain": "takes a delivery: alerts.test.ts",
  "welcome.loadDemo": "takes a new office: welcome.test.ts",
  "archives.list": "takes months that went: archives.test.ts",
  "archives.load": "takes months that went: archives.test.ts",
  "archives.unload": "takes months that went: archives.test.ts",
  "archives.verify": "takes months that went: archives.test.ts",
  "erasures.certificate": "takes somebody who left: erasures.test.ts",
  "erasures.get": "takes somebody who left: erasures.test.ts",
  "erasures.list": "takes somebody who left: erasures.test.ts",
  "erasures.preview": "takes somebody who left: erasures.test.ts",
  "erasures.record": "takes somebody who left: erasures.test.ts",
  "retention.manifest": "takes a month that went: retention.test.ts",
};

const procedures = restProcedures();
const { paths } = openApiDocument({ origin: "https://office.example", cookieName: "sid" });

test("every procedure has a plain address, or a reason to have none", () => {
  const named = [...procedures.map(({ name }) => name), ...Object.keys(withoutAddress)];
  expect(named.sort()).toEqual(Object.keys(appRouter._def.procedures).sort());
});

test("no two answer at one address with one method and one form of body", () => {
  const keys = [
    ...procedures.map(({ route: { method, path, form } }) => [method, path, form?.mediaType]),
    ...Object.values<RawRoute>(rawRoutes).map(({ method, path }) => [method, path, undefined]),
  ].map(
    ([method, path = "", mediaType]) => `${method} ${path.replace(/\{\w+\}/g, "{}").replace(/\/$/, "")} ${mediaType}`,
  );
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

let api: TestApi;
let all: Person;
let documentId = 0;
let otherPermitId = 0;
/** Two requests of somebody else, and one of one's own. */
const asked: number[] = [];
beforeAll(async () => {
  api = await createTestApi();
  all = await api.person(Object.keys(features) as Feature[], "Ada Admin");
  const { permit } = await all.trpc.permits.create.mutate({ type: "event", holderName: "Ana" });
  const uploaded = (await (await sendFile(all, permit.id)).json()) as { document: { id: number } };
  documentId = uploaded.document.id;
  const password = await api.services.accounts.passwords.hash("a long enough password");
  await api.database.admin.sql`update users set password_hash = ${password} where id = ${all.id}`;
  otherPermitId = (await all.trpc.permits.create.mutate({ type: "event", holderName: "Bo" })).permit.id;
  const bo = await api.person(["permits.create", "permits.approve"]);
  for (const by of [bo, bo, all]) {
    const fields = { type: "event", holderName: "Cy", validFrom: aYear(0), validTo: aYear(1) };
    const { permit } = await by.trpc.permits.create.mutate(fields);
    const answer = await by.trpc.permits.approve.mutate({ permitId: permit.id, reason, askApproval: true });
    if (answer.outcome === "pending") asked.push(answer.request.id);
  }
  await api.stored();
});
afterAll(() => api.close());

type Answer = Record<string, { id: number }>;
const said: Record<string, Answer> = {};
const idOf = (name: string, member: string): number => said[name]?.[member]?.id ?? 0;
const permit = () => ({ permitId: idOf("permits.create", "permit") });
const user = () => ({ userId: idOf("users.create", "user") });
const role = () => ({ roleId: idOf("roles.create", "role") });
const channel = () => ({ channelId: idOf("alerts.createChannel", "channel") });
const view = () => ({ viewId: idOf("views.save", "view") });
const document = () => ({ documentId });
const reason = "as asked";
const permitScope = { kind: "object", type: "permit", id: "1" };
const paging = { limit: 3 };
const aYear = (ahead: number) => `${new Date().getUTCFullYear() + ahead}-01-01`;

/** What each is called with, one after the other. An address without a row fails. */
const calls: Record<string, () => object> = {
  "auth.me": () => ({}),
  "system.settings": () => ({}),
  "system.status": () => ({}),
  "permits.create": () => ({ type: "event", holderName: "Ana", validFrom: aYear(0), validTo: aYear(1) }),
  "permits.list": () => ({ ...paging, status: "pending" }),
  "permits.read": permit,
  "permits.update": () => ({ ...permit(), version: 1, site: "Mill Road" }),
  "permits.assignees": () => ({ search: "Ada" }),
  "permits.assign": () => ({ ...permit(), userId: all.id }),
  "permits.unassign": permit,
  "permits.approve": permit,
  "permits.deactivate": () => ({ ...permit(), reason }),
  "permits.activate": permit,
  "permits.renew": () => ({ ...permit(), validTo: aYear(2) }),
  "permits.cancel": () => ({ ...permit(), reason }),
  "permits.reject": () => ({ permitId: otherPermitId, reason }),
  "permits.delete": () => ({ permitId: otherPermitId, reason }),
  "documents.list": () => ({ ...permit(), ...paging }),
  "documents.listAll": () => ({ ...paging, state: "uploaded" }),
  "documents.get": document,
  "documents.verify": () => ({ ...document(), decision: "accepted" }),
  "documents.delete": () => ({ ...document(), reason }),
  "users.create": () => ({ username: "eva", name: "Eva", email: "eva@office.example" }),
  "users.list": () => ({ ...paging, status: "active" }),
  "users.get": user,
  "users.update": () => ({ ...user(), version: 1, name: "Eva B." }),
  "users.deactivate": () => ({ ...user(), reason }),
  "users.activate": user,
  "users.resetPassword": user,
  "users.sessions": user,
  "users.endSessions": user,
  "users.ownSessions": () => ({}),
  "users.endOwnSessions": () => ({}),
  "roles.create": () => ({ name: "Clerks", features: ["permits.read"] }),
  "roles.list": () => paging,
  "roles.get": role,
  "roles.features": () => ({}),
  "roles.update": () => ({ ...role(), version: 1, description: "At the desk" }),
  "roles.assignFeature": () => ({ ...role(), feature: "permits.create" }),
  "roles.revokeFeature": () => ({ ...role(), feature: "permits.create" }),
  "roles.assignUser": () => ({ ...role(), ...user() }),
  "roles.revokeUser": () => ({ ...role(), ...user() }),
  "roles.delete": () => ({ ...role(), reason }),
  "users.delete": () => ({ ...user(), reason }),
  "approvals.list": () => ({ ...paging, box: "forMe" }),
  "approvals.mine": () => paging,
  "approvals.waiting": () => ({}),
  "approvals.get": () => ({ requestId: asked[0] }),
  "approvals.approve": () => ({ requestId: asked[0], sha256: Object(said["approvals.get"]).request.sha256 }),
  "approvals.refuse": () => ({ requestId: asked[1], reason }),
  "approvals.withdraw": () => ({ requestId: asked[2] }),
  "events.record": () => ({ code: "permit_export", id: uuid7(api.clock.now(), new Uint8Array(10)) }),
  "events.recordMany": () => ({ events: [{ code: "permit_export" }, { code: "nope" }] }),
  "audit.list": () => ({ ...paging, codes: ["permit_create", "permit_export"], days: 7 }),
  "audit.facets": () => ({ fields: ["severity", "actor"], notCodes: ["permit_read"], days: 7, apart: true }),
  "audit.histogram": () => ({ severities: ["critical"], days: 30 }),
  "audit.whyEmpty": () => ({ actors: ["user:404"], statuses: ["denied"] }),
  "audit.get": () => ({ id: String(Object(said["audit.list"]?.entries)[0].id) }),
  "audit.userActivity": () => ({ userId: all.id, ...paging }),
  "audit.doneToUser": () => ({ userId: all.id, ...paging }),
  "audit.userSeen": () => ({ userId: all.id }),
  "audit.userAddresses": () => ({ userId: all.id }),
  "audit.objectHistory": () => ({ objectType: "permit", objectId: "1", ...paging }),
  "history.object": () => ({ objectType: "permit", objectId: "1" }),
  "history.events": () => ({ objectType: "permit", objectId: "1", ...paging }),
  "history.changes": () => ({ objectType: "permit", objectId: "1", ...paging }),
  "history.around": () => ({ id: String(Object(said["audit.list"]?.entries)[0].id), by: "object", limit: 2 }),
  "overview.days": () => ({}),
  "overview.kinds": () => ({}),
  "overview.latest": () => ({}),
  "overview.networks": () => ({}),
  "overview.rankings": () => ({}),
  "alerts.list": () => ({ ...paging, states: ["open", "closed"] }),
  "alerts.open": () => ({}),
  "alerts.createRule": () => ({
    name: "Reads",
    definition: { filter: { codes: ["permit_read"] }, trigger: { kind: "each" } },
  }),
  "alerts.rules": () => ({}),
  "alerts.backTest": () => ({ definition: { filter: { codes: ["permit_read"] }, trigger: { kind: "each" } }, days: 7 }),
  "alerts.updateRule": () => ({ ruleId: idOf("alerts.createRule", "rule"), version: 1, enabled: false }),
  "alerts.deleteRule": () => ({ ruleId: idOf("alerts.createRule", "rule"), version: 2 }),
  "alerts.createChannel": () => ({ kind: "webhook", name: "SIEM", url: "https://siem.example.org/in" }),
  "alerts.channels": () => ({}),
  "alerts.updateChannel": () => ({ ...channel(), version: 1, isDefault: true }),
  "alerts.rotateSecret": () => ({ ...channel(), version: 2, overlapHours: 1 }),
  "alerts.testChannel": channel,
  "alerts.deliveries": () => ({ ...paging, state: "due" }),
  "alerts.deleteChannel": () => ({ ...channel(), version: 3 }),
  "views.save": () => ({ name: "Denials", query: "status=denied" }),
  "views.list": () => ({}),
  "views.update": () => ({ ...view(), version: 1, query: "status=denied,failed" }),
  "views.rename": () => ({ ...view(), version: 2, name: "Not done" }),
  "views.share": () => ({ ...view(), version: 3, shared: true }),
  "views.star": () => ({ ...view(), starred: true }),
  "views.setDefault": () => ({ ...view(), isDefault: true }),
  "views.remove": () => ({ ...view(), version: 4 }),
  "welcome.state": () => ({}),
  "integrity.checkpoints": () => ({}),
  "integrity.progress": () => ({}),
  "integrity.status": () => ({}),
  "integrity.verify": () => ({}),
  "integrity.proof": () => ({ id: String(Object(said["audit.list"]?.entries)[0].id) }),
  "contract.logs": () => ({ days: 7 }),
  "contract.userActivity": () => ({ user_id: all.id }),
  "contract.objectHistory": () => ({ content_type: "permit", object_id: "1" }),
  "eventTypes.list": () => ({}),
  "eventTypes.activity": () => ({ days: 7 }),
  "eventTypes.update": () => ({ code: "report_export", notify: true }),
  "retention.status": () => ({}),
  "retention.preview": () => ({}),
  "retention.run": () => ({ reason }),
  "retention.runs": () => paging,
  "retention.countScope": () => ({ scope: permitScope }),
  "retention.placeHold": () => ({ name: "Case 7", scope: permitScope, reason }),
  "retention.listHolds": () => ({}),
  "retention.releaseHold": () => ({ holdId: idOf("retention.placeHold", "hold"), version: 1, reason }),
  "settings.list": () => ({}),
  "settings.change": () => ({ key: "display.office", value: "Office of Permits" }),
  "keys.create": () => ({
    name: "Portal",
    kind: "ingest",
    codes: ["permit_export"],
    expiresAt: new Date(Date.now() + 9e8),
  }),
  "keys.list": () => paging,
  "keys.rotate": () => ({ keyId: idOf("keys.create", "key"), overlapHours: 1 }),
  "keys.revoke": () => ({ keyId: idOf("keys.rotate", "key") }),
  "auth.reauthenticate": () => ({ password: "a long enough password" }),
  "contract.login": () => ({ username: "Ada Admin", password: "a long enough password" }),
  "auth.changePassword": () => ({
    currentPassword: "a long enough password",
    newPassword: "another good and long one",
  }),
  "auth.signOut": () => ({}),
};

test("every plain address is called below", () => {
  const plain = procedures.filter(({ route }) => route.form === undefined).map(({ name }) => name);
  expect([...Object.keys(calls), ...Object.keys(calledElsewhere)].sort()).toEqual(plain.sort());
});

const addressOf = (path: string, input: object, inQuery: boolean): { address: string; rest: object } => {
  const rest: Record<string, unknown> = { ...input };
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name];
    delete rest[name];
    return String(value);
  });
  const query = Object.entries(rest).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, String(one)] as [string, string]),
  );
  return { address: inQuery && query.length > 0 ? `${address}?${new URLSearchParams(query)}` : address, rest };
};

let who: Person | undefined;
test.each(Object.keys(calls))("%s answers over plain HTTP exactly as its document says", async (name) => {
  who ??= all;
  const { route } = procedures.find((one) => one.name === name)!;
  const input = calls[name]?.() ?? {};
  const reads = route.method === "GET";
  const { address, rest } = addressOf(route.path, input, reads);
  const answer = await who.send(address, {
    method: route.method,
    ...(!reads && { body: JSON.stringify(rest) }),
  });
  const cookie = answer.headers.getSetCookie()[0]?.match(/=([\w-]+);/)?.[1];
  if (cookie !== undefined) who = { ...who, ...api.caller({ token: cookie }) };
  const body = await answer.json();
  expect([answer.status, body]).toEqual([200, body]);
  const parsed = route.output.safeParse(body);
  expect(parsed.error).toBeUndefined();
  // A member that the schema does not know would be gone.
  expect(body).toEqual(parsed.data);
  expect(Object.keys(Object(paths)[route.path][route.method.toLowerCase()].responses)).toContain(String(answer.status));
  if (reads && !name.startsWith("contract.")) {
    const text = encodeURIComponent(JSON.stringify({ json: input }));
    const typed = (await (await who.get(`/trpc/${name}?input=${text}`)).json()) as {
      result: { data: { json: object } };
    };
    // The two answers came at two times.
    const { at, since } = Object(body);
    const times = { ...(at !== undefined && { at }), ...(since !== undefined && { since }) };
    expect({ ...typed.result.data.json, ...times }).toEqual(body);
  }
  said[name] = body as Answer;
  await api.sealed();
});

test("parameters beside a body are refused, and so is a list where an object belongs", async () => {
  const person = await api.person(["permits.create"]);
  expect((await person.post("/api/permits?dry=1", { type: "event", holderName: "Ana" })).status).toBe(422);
  expect((await person.post("/api/permits", [{ type: "event", holderName: "Ana" }])).status).toBe(422);
});
