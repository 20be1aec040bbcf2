import { createHash } from "node:crypto";
import { detailsCommitment, leafHash, readLeaf } from "@countersign/audit/leaf";
import type { Database } from "@countersign/db/client";
import type { History } from "./history.ts";
import { checkLedger } from "./ledger-check.ts";
import type { Office } from "./processes.ts";
import { checkToldAll, type ToldFindings } from "./told-check.ts";

/** What broke, by invariant; each list is empty when all is well. */
export type Findings = ToldFindings & {
  /** Answered yes and nowhere to be found (I1). */
  lost: string[];
  /** Answered yes, kept, but not stored although there was time. */
  waiting: string[];
  /** There more than once (I2). */
  doubled: string[];
  /** Stored bytes that are not what was kept, or columns that are not what was hashed (I3). */
  altered: string[];
  /** There although the caller was told no, or never asked. */
  invented: string[];
  /** A permit without its event, an event without its permit. */
  unpaired: string[];
  /** Without a leaf of its own, or with several; daily counts that do not add up (I4). */
  miscounted: string[];
  /** A gap between positions, or a signed root that the leaves do not make (I5). */
  unproven: string[];
  /** Set aside as unstorable, which nothing here is. */
  setAside: string[];
};

export type Inspection = {
  findings: Findings;
  /** Stored without a yes to the caller: allowed, for it got no answer at all. */
  unanswered: number;
  /** From received to stored in ms, by the scenario the event was sent in. */
  lags: Map<string, number[]>;
};

type Row = {
  id: string;
  policy: string;
  code: string;
  status: string;
  object_type: string | null;
  object_id: string | null;
  leaf: string;
  leaf_hash: Uint8Array;
  details: string;
  salt: Uint8Array;
  lag_ms: number | null;
};

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** Whether the row is what was hashed, and what was hashed is what the caller sent and was answered. */
const isUnaltered = (row: Row, history: History): boolean => {
  const leaf = readLeaf(row.leaf);
  if (leaf === null || base64(leafHash(row.leaf, sha256)) !== base64(row.leaf_hash)) return false;
  if (detailsCommitment(row.details, row.salt, sha256) !== leaf.details) return false;
  const columns = [row.id, row.policy, row.code, row.status, row.object_type, row.object_id];
  const hashed = [leaf.id, leaf.policy, leaf.code, leaf.status, leaf.object?.type ?? null, leaf.object?.id ?? null];
  if (columns.some((column, index) => column !== hashed[index])) return false;
  const fate = history.fates.get(row.id);
  if (fate === undefined) return true;
  const { notes } = JSON.parse(row.details) as { notes?: string };
  const answered = fate.receipt === undefined || fate.receipt.leafHash === base64(row.leaf_hash);
  return answered && notes === fate.event.notes && leaf.object?.id === fate.event.object.id;
};

/** Compares what the callers were told with what the database holds. Looks at every row; changes nothing. */
export const inspect = async (
  { admin: { sql }, receivers }: Pick<Office, "admin" | "receivers">,
  history: History,
): Promise<Inspection> => {
  const findings: Findings = {
    lost: [],
    waiting: [],
    doubled: [],
    altered: [],
    invented: [],
    unpaired: [],
    miscounted: [],
    unproven: [],
    setAside: [],
    untold: [],
    undelivered: [],
    unstreamed: [],
  };
  const places = new Map<string, number>();
  const stored = new Map<string, string>();
  const lags = new Map<string, number[]>();
  const createdPermits = new Map<string, number>();
  const seeAt = (id: string) => places.set(id, (places.get(id) ?? 0) + 1);

  const rows = sql<Row[]>`
    select id, policy, code, status, object_type, object_id, leaf, leaf_hash, details, salt,
      (extract(epoch from pg_xact_commit_timestamp(xmin) - received_at) * 1000)::float8 as lag_ms
    from event_log`;
  for await (const batch of rows.cursor(2000)) {
    for (const row of batch) {
      seeAt(row.id);
      stored.set(row.id, base64(row.leaf_hash));
      if (!isUnaltered(row, history)) findings.altered.push(row.id);
      const fate = history.fates.get(row.id);
      const isStated = row.leaf.includes('"source":"user:');
      if (isStated && (fate === undefined || fate.outcome === "fail")) findings.invented.push(row.id);
      if (fate !== undefined && row.lag_ms !== null) {
        const list = lags.get(fate.scenario) ?? [];
        lags.set(fate.scenario, list);
        list.push(row.lag_ms);
      }
      if (row.code === "permit_create" && row.status === "success" && row.object_id !== null) {
        createdPermits.set(row.object_id, (createdPermits.get(row.object_id) ?? 0) + 1);
      }
    }
  }

  const kept = await sql<{ id: string }[]>`
    select leaf::jsonb->>'id' as id from audit_outbox, unnest(string_to_array(leaves, e'\\n')) as leaf`;
  const inOutbox = new Set(kept.map(({ id }) => id));
  for (const { id } of kept) seeAt(id);
  for (const { id } of await sql<{ id: string }[]>`select id from dead_letter`) {
    seeAt(id);
    findings.setAside.push(id);
  }

  let unanswered = 0;
  for (const [id, { outcome }] of history.fates) {
    if (outcome === "unknown" && places.has(id)) unanswered += 1;
    if (outcome !== "ok") continue;
    if (!places.has(id)) findings.lost.push(id);
    else if (inOutbox.has(id) && !stored.has(id)) findings.waiting.push(id);
  }
  for (const [id, count] of places) if (count > 1) findings.doubled.push(id);

  await checkPermits(sql, history, createdPermits, findings.unpaired);
  const removed = await checkLedger(sql, stored, findings);
  await checkDays(sql, stored.size + removed, findings.miscounted);
  await checkToldAll(sql, receivers, findings);
  return { findings, unanswered, lags };
};

const checkPermits = async (
  sql: Database["sql"],
  history: History,
  created: ReadonlyMap<string, number>,
  unpaired: string[],
): Promise<void> => {
  const standing = new Set((await sql<{ id: string }[]>`select id::text from permits`).map(({ id }) => id));
  for (const id of standing) {
    if (created.get(id) !== 1) unpaired.push(`permit ${id} has ${created.get(id) ?? 0} events`);
  }
  for (const id of created.keys()) if (!standing.has(id)) unpaired.push(`the event of permit ${id} has no permit`);
  for (const id of history.permits) if (!standing.has(String(id))) unpaired.push(`permit ${id} is gone`);
};

/** Each event that is or was stored is counted once. */
const checkDays = async (sql: Database["sql"], ever: number, miscounted: string[]): Promise<void> => {
  const [days] = await sql<{ count: number }[]>`select coalesce(sum(count), 0)::int as count from event_day`;
  if (days?.count !== ever) miscounted.push(`the days count ${days?.count} events of ${ever}`);
};
