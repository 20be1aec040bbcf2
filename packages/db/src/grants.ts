import type postgres from "postgres";
import { roleNames } from "./database-roles.ts";

type Grants = { api: string; worker: string };
const nothing = "";
const everything = "select, insert, update, delete";

/** All but the secrets, which the api writes and cannot read. */
const shownOfChannels =
  "id, name, name_folded, kind, url, recipients, old_secret_until, is_default, enabled, created_at, updated_at, version, failures, rest_until, succeeded_at, failed_at, failure";

/**
 * What each process may do with each table; a table that is missing here cannot be used by either.
 * Nobody may update, delete or truncate the log.
 */
export const grants = {
  users: { api: everything, worker: "select" },
  roles: { api: everything, worker: "select" },
  role_features: { api: everything, worker: "select" },
  user_roles: { api: everything, worker: "select" },
  sessions: { api: everything, worker: nothing },
  sign_in_failures: { api: everything, worker: nothing },
  api_keys: { api: "select, insert, update", worker: nothing },
  permits: { api: everything, worker: "select, update (status, updated_at, updated_by, version)" },
  permit_numbers: { api: "select, insert, update", worker: nothing },
  documents: { api: everything, worker: "select" },
  document_files: { api: everything, worker: nothing },
  system_config: { api: "select, insert, update", worker: "select" },
  saved_views: { api: everything, worker: nothing },
  view_marks: { api: everything, worker: nothing },
  setup_steps: { api: "select, insert", worker: nothing },
  approval_request: {
    api: "select, insert, update (state, closed_at, outcome_event, failure, version)",
    worker: "select, update (state, closed_at, version)",
  },
  approval_decision: { api: "select, insert", worker: "select" },
  event_types: { api: "select, update", worker: "select" },
  audit_outbox: { api: "insert, select (id, kept_at, count)", worker: "select, insert, update, delete" },
  event_log: { api: "select", worker: "select, insert" },
  event_claim: { api: "select, insert", worker: nothing },
  dead_letter: { api: "select", worker: "select, insert, update" },
  ledger_pending: { api: "select", worker: "select, insert, delete" },
  ledger_batch: { api: "select", worker: "select, insert" },
  ledger_tile: { api: "select", worker: "select, insert" },
  ledger_checkpoint: { api: "select", worker: "select, insert" },
  ledger_cosignature: { api: "select", worker: "select, insert" },
  ledger_key: { api: "select, insert", worker: "select, insert, update (retired_at)" },
  ledger_verification: { api: "select, insert", worker: "select, insert, update" },
  event_day: { api: "select", worker: "select, insert, update" },
  suppressed_day: { api: "select, insert, update", worker: nothing },
  collapsed_read: { api: everything, worker: "select, update, delete" },
  alert_rules: { api: everything, worker: "select, update (failing_since, failed_at, failure, behind)" },
  alert_rule_states: { api: nothing, worker: everything },
  alert_due: { api: nothing, worker: "select, insert, delete" },
  alert_cursor: { api: "select", worker: "select, insert, update" },
  channels: {
    api: `insert, update, delete, select (${shownOfChannels})`,
    worker: "select, update (secret, old_secret, failures, rest_until, succeeded_at, failed_at, failure)",
  },
  channel_streams: {
    api: "select, insert, update (format, filter, epoch, index, failing_since, is_told)",
    worker: "select, update (epoch, index, sent, leased_until, failing_since, is_told)",
  },
  alerts: { api: "select, update (state, notes, version)", worker: "select, insert, update, delete" },
  notifications: {
    api: "select, insert, update (state, reason, attempts, next_try_at, created_at)",
    worker: "select, insert, update, delete",
  },
  retention_policy: { api: "select, update", worker: "select" },
  retention_run: { api: "select, insert", worker: "select, insert, update" },
  retention_manifest: { api: "select", worker: "select, insert, update" },
  legal_hold: { api: "select, insert, update", worker: "select, update (event_id, leaf)" },
  held_event: { api: "select", worker: "select" },
  erasure: {
    api: "select, insert",
    worker: "select, insert, update (event_id, leaf, state, held_by, started_at, problem)",
  },
  erasure_event: { api: "select, insert", worker: "select, insert" },
  archive_task: { api: "select, insert", worker: "select, insert, update" },
  restored_archive: { api: "select", worker: "select, insert" },
} as const satisfies Record<string, Grants>;

/** All that can take something out of the log. They belong to a role of their own, as which nobody signs in (ADR 22). */
const retentionFunctions = [
  "hold_events(bigint, uuid[])",
  "unhold_events(uuid[])",
  "detach_month(text)",
  "open_month(text)",
  "drop_month(text)",
  "reattach_month(text, text)",
  "drop_empty_month(text)",
  "erase_details(uuid, uuid, integer)",
  "vacuum_erased(uuid)",
  "finish_erasure(uuid, uuid, timestamptz, integer)",
  "unload_archive(uuid)",
];

/** What only those call. */
const innerFunctions = ["erase_repeated(uuid, text)"];

const functions = {
  api: ["ensure_claim_partition(timestamptz)", "events_about(text, text, integer)", "has_open_requests(text)"],
  worker: [
    "ensure_partition(text, timestamptz)",
    "ensure_partitions(timestamptz)",
    "thin_checkpoints(timestamptz)",
    "is_erasure_signed(uuid)",
  ],
};

/** Sets the rights afresh: what is not in the record is taken away. Run as the tables' owner. */
export const applyGrants = async (sql: postgres.Sql): Promise<void> => {
  const statements = [`revoke all on all tables in schema public from public, ${roleNames.api}, ${roleNames.worker}`];
  for (const role of ["api", "worker"] as const) {
    statements.push(`grant usage on schema public to ${roleNames[role]}`);
    for (const [table, rights] of Object.entries(grants)) {
      if (rights[role] !== nothing) statements.push(`grant ${rights[role]} on ${table} to ${roleNames[role]}`);
    }
    for (const name of functions[role]) statements.push(`grant execute on function ${name} to ${roleNames[role]}`);
  }
  statements.push(`grant usage on schema drizzle to ${roleNames.api}, ${roleNames.worker}`);
  statements.push(`grant select on drizzle.__drizzle_migrations to ${roleNames.api}, ${roleNames.worker}`);
  await sql.unsafe(`begin; ${statements.join("; ")}; commit`);
};

/** Gives the functions of retention back to the tables' owner, who alone can change them. Run as the administrator. */
export const reclaimFunctions = async (sql: postgres.Sql): Promise<void> => {
  await sql.unsafe(`reassign owned by ${roleNames.retention} to ${roleNames.owner}`);
};

/** Gives them to their own role, and to the worker to call. Run as the administrator, who is a member of both. */
export const assignFunctions = async (sql: postgres.Sql): Promise<void> => {
  const statements = [
    ...[...retentionFunctions, ...innerFunctions].map(
      (name) => `alter function ${name} owner to ${roleNames.retention}`,
    ),
    ...retentionFunctions.map((name) => `grant execute on function ${name} to ${roleNames.worker}`),
  ];
  await sql.unsafe(`begin; ${statements.join("; ")}; commit`);
};
