import { type EventCode, eventType, isEventCode, type Status } from "@countersign/audit/catalogue";
import { type SentenceEntry, sentenceText } from "@countersign/audit/sentence";

/** Made-up names, by the type of what is named. */
const labels: Readonly<Record<string, string>> = {
  permit: "P-2026-000041",
  document: "site plan.pdf",
  user: "Ben Okoye",
  role: "Clerk",
  feature: "permits.approve",
  backup: "the backup of 1 March",
  system_config: "session.idle_minutes",
  report: "the report of March",
  audit_log: "the audit log",
  system: "the office",
  service: "worker 2",
  event_type: "Permit viewed",
  procedure: "permits.delete",
  api_key: "Parking portal",
  alert_rule: "Deletions at night",
  channel: "duty mail",
  export_job: "the export of March",
  retention_manifest: "the manifest of March",
  retention_run: "the run of 1 March",
  legal_hold: "the hold “Harbour Street”",
  subject: "a holder",
  ledger: "the log",
  ledger_key: "key 2026",
  event: "an event",
  dead_letter: "a dead letter",
  queue: "store-events",
  any: "P-2026-000041",
};

const named = (type: string) => ({ type: type === "any" ? "permit" : type, label: labels[type] ?? "something" });

/** An event of this type that never happened. */
const sampleOf = (code: EventCode, status: Status): SentenceEntry => {
  const { objectType, targetType, reason, feature, category } = eventType(code);
  const isByPlatform = category === "platform" && feature === null;
  return {
    code,
    status,
    actor: isByPlatform ? { type: "platform" } : { type: "user", label: "Ana Ruiz" },
    object: named(objectType),
    target: targetType === null ? null : named(targetType),
    changes: { status: { old: "pending", new: "active" } },
    notes: reason === "none" ? null : "fees were paid",
    errorMessage: "it was changed meanwhile",
    ip: "192.0.2.7",
    metadata: { count: 3, format: "CSV", duration: "2 s", position: "#41", result: "intact" },
  };
};

/** How an event of this type reads when it happened, when it failed, and when it was refused; nothing for an unknown type. */
export const sampleSentences = (code: string): { status: Status; text: string }[] =>
  isEventCode(code)
    ? (["success", "failed", "denied"] as const).map((status) => ({
        status,
        text: sentenceText(sampleOf(code, status)),
      }))
    : [];

/** The names of the values that a template takes, in their order; those in square brackets may be wanting. */
export const fieldsOf = (template: string): { name: string; isOptional: boolean }[] =>
  [...template.matchAll(/\[[^\]]*\]|\{\w+\}/g)].flatMap(([piece]) =>
    [...piece.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({ name, isOptional: piece.startsWith("[") })),
  );
