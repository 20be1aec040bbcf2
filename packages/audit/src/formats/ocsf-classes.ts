import type { EventCode } from "../catalogue.ts";
import type { LoggedEvent } from "./logged-event.ts";

/**
 * Which class and activity of the Open Cybersecurity Schema Framework an event is (OCSF 1.6.0, schema.ocsf.io/1.6.0/classes/…:
 * account_change, authentication, user_access, api_activity). What the schema has no activity for is `Other`, under the name
 * that the catalogue gives it, and never the next best one.
 */
export type Activity = { class: ClassName; id: number; name: string };

export const classes = {
  accountChange: { uid: 3001, name: "Account Change", categoryUid: 3, categoryName: "Identity & Access Management" },
  authentication: { uid: 3002, name: "Authentication", categoryUid: 3, categoryName: "Identity & Access Management" },
  userAccess: {
    uid: 3005,
    name: "User Access Management",
    categoryUid: 3,
    categoryName: "Identity & Access Management",
  },
  apiActivity: { uid: 6003, name: "API Activity", categoryUid: 6, categoryName: "Application Activity" },
} as const;
export type ClassName = keyof typeof classes;

const identity: Partial<Record<EventCode, Activity>> = {
  user_create: { class: "accountChange", id: 1, name: "Create" },
  user_activate: { class: "accountChange", id: 2, name: "Enable" },
  user_change_password: { class: "accountChange", id: 3, name: "Password Change" },
  user_deactivate: { class: "accountChange", id: 5, name: "Disable" },
  user_delete: { class: "accountChange", id: 6, name: "Delete" },
  user_update: { class: "accountChange", id: 99, name: "Update" },
  user_login: { class: "authentication", id: 1, name: "Logon" },
  user_logout: { class: "authentication", id: 2, name: "Logoff" },
  role_assign_user: { class: "userAccess", id: 1, name: "Assign Privileges" },
  role_revoke_user: { class: "userAccess", id: 2, name: "Revoke Privileges" },
};

const createRead: Record<"Create" | "Read" | "Update" | "Delete", { id: number; codes: readonly EventCode[] }> = {
  Create: {
    id: 1,
    codes: [
      "permit_create",
      "document_upload",
      "role_create",
      "system_backup",
      "report_generate",
      "sys_api_key_created",
      "sys_hold_placed",
      "sys_key_added",
      "sys_approval_requested",
    ],
  },
  Read: {
    id: 2,
    codes: [
      "permit_read",
      "permit_export",
      "document_download",
      "report_export",
      "audit_view_logs",
      "audit_export_logs",
      "sys_export_downloaded",
    ],
  },
  Update: {
    id: 3,
    codes: [
      "permit_update",
      "permit_approve",
      "permit_reject",
      "permit_activate",
      "permit_deactivate",
      "permit_cancel",
      "permit_renew",
      "permit_assign",
      "permit_reassign",
      "document_verify",
      "role_update",
      "role_assign_feature",
      "role_revoke_feature",
      "system_config_change",
      "sys_permit_expired",
      "sys_events_synced",
      "sys_rule_changed",
      "sys_channel_changed",
    ],
  },
  Delete: {
    id: 4,
    codes: [
      "permit_delete",
      "document_delete",
      "role_delete",
      "sys_retention_drop",
      "sys_details_erased",
      "sys_dead_letter_discarded",
    ],
  },
};

const byCode = new Map<string, Activity>([
  ...Object.entries(identity),
  ...Object.entries(createRead).flatMap(([name, { id, codes }]) =>
    codes.map((code): [string, Activity] => [code, { class: "apiActivity", id, name }]),
  ),
]);

export const activityOf = ({ code, name, metadata }: Pick<LoggedEvent, "code" | "name" | "metadata">): Activity => {
  // Somebody else gave the password: that is a reset.
  if (code === "user_change_password" && metadata?.reset === true) {
    return { class: "accountChange", id: 4, name: "Password Reset" };
  }
  return byCode.get(code) ?? { class: "apiActivity", id: 99, name };
};
