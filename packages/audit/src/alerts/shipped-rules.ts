import type { RuleDefinition } from "./rule.ts";

type ShippedRule = { name: string; definition: RuleDefinition };

const plain = { atLeast: null, outside: null, cooldownMinutes: null };

/** The rules that an office starts with. The first cannot be switched off: what it judges is picked out where events are stored. */
export const shippedRules = {
  at_once: {
    name: "Critical events",
    definition: { ...plain, filter: {}, trigger: { kind: "each", groupBy: ["event"] } },
  },
  failed_sign_ins: {
    name: "Failed sign-ins",
    definition: {
      ...plain,
      filter: { codes: ["user_login"], statuses: ["failed"] },
      trigger: { kind: "threshold", count: 5, minutes: 10, groupBy: ["network", "object"] },
    },
  },
  denied_acts: {
    name: "Many refusals",
    definition: {
      ...plain,
      filter: { statuses: ["denied"] },
      trigger: { kind: "threshold", count: 10, minutes: 10, groupBy: ["actor"] },
    },
  },
  mass_reading: {
    name: "Many permits read",
    definition: {
      ...plain,
      filter: { codes: ["permit_read"] },
      trigger: { kind: "threshold", count: 200, minutes: 10, groupBy: ["actor"] },
    },
  },
  roles_at_night: {
    name: "Role changes outside office hours",
    definition: {
      ...plain,
      filter: { categories: ["role"], statuses: ["success"] },
      outside: { from: "07:00", to: "19:00", days: [1, 2, 3, 4, 5] },
      trigger: { kind: "each" },
    },
  },
  large_export: {
    name: "Large exports",
    definition: {
      ...plain,
      filter: { codes: ["permit_export", "report_export", "audit_export_logs"], statuses: ["success"] },
      atLeast: 10_001,
      trigger: { kind: "each" },
    },
  },
  retention_missed: {
    name: "Retention did not run",
    definition: {
      ...plain,
      filter: { codes: ["sys_retention_run"], statuses: ["success"] },
      // An hour more than the longest day, in which clocks go back.
      trigger: { kind: "absence", minutes: 26 * 60 },
    },
  },
} as const satisfies Record<string, ShippedRule>;

export type ShippedRuleName = keyof typeof shippedRules;
