import type { Feature } from "./features.ts";

/** Lowest first. */
export const severities = ["info", "low", "medium", "high", "critical"] as const;
export type Severity = (typeof severities)[number];

/** How an act ended; `pending` is set by the platform alone. */
export const statuses = ["success", "failed", "denied", "pending"] as const;
export type Status = (typeof statuses)[number];

/** Retention policies and the days they keep an event at first, counted from when it was received. */
export const policies = { decision: 3653, change: 2557, session: 730, read: 365 } as const satisfies Record<
  string,
  number
>;
export type Policy = keyof typeof policies;

export const categories = {
  permit: { title: "Permit operations" },
  document: { title: "Document management" },
  user: { title: "User management" },
  role: { title: "Role management" },
  system: { title: "System operations" },
  report: { title: "Reporting" },
  audit: { title: "Audit operations" },
  platform: { title: "Platform" },
} as const satisfies Record<string, { title: string }>;
export type Category = keyof typeof categories;

/** What can be acted on. */
export const objectTypes = {
  permit: "permit",
  document: "document",
  user: "user",
  role: "role",
  feature: "feature",
  backup: "backup",
  system_config: "setting",
  report: "report",
  audit_log: "audit log",
  system: "system",
  service: "service",
  event_type: "event type",
  procedure: "procedure",
  api_key: "API key",
  alert_rule: "alert rule",
  channel: "channel",
  export_job: "export",
  retention_manifest: "retention manifest",
  retention_run: "retention run",
  legal_hold: "hold",
  subject: "subject",
  ledger: "log",
  ledger_key: "signing key",
  event: "event",
  dead_letter: "dead letter",
  queue: "queue",
  saved_view: "saved view",
} as const satisfies Record<string, string>;
export type ObjectType = keyof typeof objectTypes;

/** One entry of the catalogue. `any` stands for the object of the act that was asked for. */
export type EventType = {
  id: number;
  name: string;
  category: Category;
  description: string;
  severity: Severity;
  /** none: not offered; optional: offered, off at first; required: on at first. */
  approval: "none" | "optional" | "required";
  /** A locked type cannot be disabled; every critical one is locked. */
  locked: boolean;
  policy: Policy;
  objectType: ObjectType | "any";
  targetType: ObjectType | null;
  /** What the actor needs; null for one's own account and for the platform. */
  feature: Feature | null;
  /** Template of a success; a part in square brackets goes when a placeholder in it has no value. */
  sentence: string;
  /** What the actor tried, after "tried to". */
  attempt: string;
  reason: "none" | "optional" | "required";
  /** Repeats within this window are counted into one event; 0 keeps each. */
  collapseSeconds: number;
  /** Sent at once through the default channel. */
  notify: boolean;
};
