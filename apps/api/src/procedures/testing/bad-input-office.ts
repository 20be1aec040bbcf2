import { createHash } from "node:crypto";
import { type Feature, features } from "@countersign/audit/features";
import { uuid7 } from "@countersign/audit/uuid7";
import { addFile, countsOf, createPermit } from "../../documents/testing/office.ts";
import { createTestApi, type Person, type TestApi } from "../../testing.ts";
import { issueKey } from "../../testing-server.ts";
import type { Door } from "./doors.ts";

export type Office = {
  api: TestApi;
  /** Somebody new who may do everything. */
  everything: () => Promise<Person>;
  /** The least that this way in takes, each member good for itself. */
  goodInput: (door: Pick<Door, "name" | "schema">) => Record<string, unknown>;
  /** A session that is not the caller's, nor of the user in the good inputs. */
  otherSession: number;
  /** What the office has, whatever happens to sessions and the log. */
  digest: () => Promise<string>;
};

const tables = [
  ...["users", "roles", "role_features", "user_roles", "permits", "permit_numbers", "documents", "document_files"],
  ...["system_config", "retention_policy", "event_types", "api_keys", "saved_views", "view_marks"],
  ...["legal_hold", "held_event", "retention_run", "retention_manifest"],
  ...["alert_rules", "channels", "alerts", "notifications"],
];

/** An office with one of everything that an input can name. */
export const createOffice = async (): Promise<Office> => {
  const api = await createTestApi();
  const { sql } = api.database.admin;
  const everything = () => api.person(Object.keys(features) as Feature[]);
  const idFrom = (rows: Iterable<{ id?: number }>): number => Number([...rows][0]?.id);
  const viewId = ({ view }: { view: { id: number } | null }): number => Number(view?.id);
  const founder = await everything();
  const clerk = await api.person(["permits.read"]);
  const leaver = await api.person(["permits.read"]);
  await founder.trpc.users.deactivate.mutate({ userId: leaver.id, reason: "left" });
  const permit = await createPermit(founder);
  const key = await issueKey(api, { name: "Portal", kind: "ingest", codes: ["permit_export"], by: founder.id });
  const { hold } = await founder.trpc.retention.placeHold.mutate({
    ...{ name: "Case 7", reason: "court order", scope: { kind: "object", type: "permit", id: String(permit.id) } },
  });
  const { rule } = await founder.trpc.alerts.createRule.mutate({
    name: "Reads",
    definition: { filter: { codes: ["permit_read"] }, trigger: { kind: "each" } },
  });
  const { channel } = await founder.trpc.alerts.createChannel.mutate({
    kind: "webhook",
    name: "SIEM",
    url: "https://siem.example.org/in",
  });
  const at = new Date().toISOString();
  const alertId = idFrom(
    await sql`insert into alerts (rule_id, rule_name, severity, headline, group_value, group_label, count, event_ids, first_at, last_at)
      values (${rule.id}, 'Reads', 'info', 'Ana read it', '', '', 1, '{}', ${at}, ${at}) returning id::int as id`,
  );
  const { deliveryId } = await founder.trpc.alerts.testChannel.mutate({ channelId: channel.id });
  const aYearOn = `${new Date().getUTCFullYear() + 1}-01-01`;
  const password = "a long enough password";
  const good: Record<string, unknown> = {
    understood: true,
    ...{ permitId: permit.id, documentId: (await addFile(founder, permit.id)).id, userId: clerk.id, keyId: key.id },
    roleId: idFrom(await sql`select id::int as id from roles where name = ${clerk.role}`),
    ...{
      viewId: viewId(await founder.trpc.views.save.mutate({ name: "Refusals", query: "status=denied", shared: true })),
    },
    ...{ ruleId: rule.id, channelId: channel.id, alertId, deliveryId, definition: rule.definition },
    ...{ query: "range=30d", shared: true, starred: true, isDefault: true },
    ...{ version: 1, reason: "as asked", username: "eva", name: "plan.pdf", kind: "reader", type: "building" },
    ...{
      holderName: "Ada",
      fields: ["code"],
      validTo: aYearOn,
      feature: "permits.read",
      code: "permit_export",
      decision: "accepted",
    },
    ...{ key: "display.office", value: "Office", expiresAt: `${aYearOn}T00:00:00Z`, overlapHours: 1, events: [{}] },
    ...{ id: uuid7(Date.now(), new Uint8Array(10)), specversion: "1.0", source: "/portal" },
    ...{ objectType: "permit", objectId: "1", content_type: "permit", object_id: "1", user_id: String(clerk.id) },
    ...{ holdId: hold.id, scope: { kind: "object", type: "permit", id: "1" } },
    ...{ password, currentPassword: password, newPassword: "another good and long one" },
  };
  const own: Record<string, object> = {
    "events.recordCloudEvent": { type: "permit_export" },
    "erasures.preview": { userId: leaver.id },
    "erasures.record": { userId: leaver.id, basis: "request", confirm: leaver.name },
    "alerts.createChannel": { kind: "email" },
    "documents.upload": { kind: "plan" },
    "audit.stream": { format: "ocsf" },
    "settings.change": { value: "Office of Permits" },
  };
  return {
    api,
    everything,
    otherSession: idFrom(await sql`select id::int as id from sessions where user_id = ${founder.id}`),
    goodInput: ({ name, schema }) => ({
      ...Object.fromEntries((schema.required ?? []).map((member) => [member, good[member]])),
      ...own[name],
    }),
    digest: async () => {
      const hash = createHash("sha256");
      for (const table of tables) {
        hash.update(JSON.stringify([table, await sql.unsafe(`select t::text as row from ${table} t order by 1`)]));
      }
      return `${hash.digest("hex")} ${(await countsOf(api)).stored}`;
    },
  };
};
