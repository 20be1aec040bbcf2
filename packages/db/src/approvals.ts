import type { Changes } from "@countersign/audit/changes";
import type { Json } from "@countersign/audit/json";
import { iso } from "./answered-columns.ts";
import type { Database } from "./client.ts";
import type { decisions, requestStates } from "./schema/approvals.ts";
import type { Transaction } from "./transaction.ts";

export type RequestState = (typeof requestStates)[number];
export type Decision = (typeof decisions)[number];
type Named = { type: string; id: string; label?: string };

/** An act that waits for a second person, or did. */
export type ApprovalRequest = {
  id: number;
  event: string;
  operation: string;
  feature: string;
  /** Features that the act with this input needs besides. */
  alsoNeeds: string[];
  input: Json;
  /** What the object was like, as canonical JSON. */
  objectVersion: string;
  /** SHA-256 in hex over what was asked. */
  hash: string;
  object: Named | null;
  target: Named | null;
  changes: Changes;
  requester: { id: number; name: string };
  reason: string;
  state: RequestState;
  quorum: number;
  createdAt: string;
  expiresAt: string;
  closedAt: string | null;
  outcomeEvent: string | null;
  failure: string | null;
  version: number;
  /** Oldest first. */
  decisions: { by: { id: number; name: string }; decision: Decision; reason: string | null; at: string }[];
};

type Row = Omit<ApprovalRequest, "input"> & { input: string };

const columns = `r.id::int as id, r.event, r.operation, r.feature, r.also_needs as "alsoNeeds", r.input, r.object_version as "objectVersion",
  encode(r.hash, 'hex') as hash, r.object, r.target, r.changes,
  json_build_object('id', r.requester_id, 'name', r.requester_name) as requester, r.reason, r.state, r.quorum,
  ${iso("r.created_at")} as "createdAt", ${iso("r.expires_at")} as "expiresAt", ${iso("r.closed_at")} as "closedAt",
  r.outcome_event as "outcomeEvent", r.failure, r.version,
  coalesce((select json_agg(json_build_object('by', json_build_object('id', d.user_id, 'name', d.user_name),
      'decision', d.decision, 'reason', d.reason, 'at', ${iso("d.decided_at")}) order by d.decided_at, d.user_id)
    from approval_decision d where d.request_id = r.id), '[]') as decisions`;

const toRequest = (row: Row): ApprovalRequest => ({ ...row, input: JSON.parse(row.input) as Json });

export type NewRequest = Pick<
  ApprovalRequest,
  | "event"
  | "operation"
  | "feature"
  | "alsoNeeds"
  | "objectVersion"
  | "object"
  | "target"
  | "changes"
  | "requester"
  | "reason"
  | "quorum"
> & { input: string; hash: Uint8Array; createdAt: string; expiresAt: string };

/** How many requests of a user wait; who adds one waits for whoever else does so for the same user. */
export const countOpenRequests = async (tx: Transaction, requesterId: number): Promise<number> => {
  await tx.sql`select pg_advisory_xact_lock(hashtext('countersign.approvals'), hashtext(${String(requesterId)}))`;
  const [row] = await tx.sql`
    select count(*)::int as count from approval_request where requester_id = ${requesterId} and state = 'pending'`;
  return Number(row?.count);
};

/** The request with its number; undefined when the same one of the same user waits already. */
export const insertRequest = async (tx: Transaction, request: NewRequest): Promise<ApprovalRequest | undefined> => {
  const { requester, object, target, changes } = request;
  const [row] = await tx.sql<{ id: number }[]>`
    insert into approval_request (event, operation, feature, also_needs, input, object_version, hash, object, target, changes, requester_id,
      requester_name, reason, quorum, created_at, expires_at)
    values (${request.event}, ${request.operation}, ${request.feature}, ${[...request.alsoNeeds]}::text[],
      ${request.input}, ${request.objectVersion}, ${request.hash},
      ${object && JSON.stringify(object)}, ${target && JSON.stringify(target)}, ${JSON.stringify(changes)}, ${requester.id},
      ${requester.name}, ${request.reason}, ${request.quorum}, ${request.createdAt}, ${request.expiresAt})
    on conflict (requester_id, hash) where state = 'pending' do nothing returning id::int as id`;
  return row === undefined ? undefined : findRequest(tx, row.id);
};

export const findRequest = async (db: Database, id: number): Promise<ApprovalRequest | undefined> => {
  const [row] = await db.sql<Row[]>`select ${db.sql.unsafe(columns)} from approval_request r where r.id = ${id}`;
  return row && toRequest(row);
};

/** The same, held until the transaction ends: of those who decide at once the first one does. */
export const lockRequest = async (tx: Transaction, id: number): Promise<ApprovalRequest | undefined> => {
  await tx.sql`select from approval_request where id = ${id} for update`;
  return findRequest(tx, id);
};

/** Keeps a decision; false when this person has decided before. */
export const insertDecision = async (
  tx: Transaction,
  requestId: number,
  {
    by,
    decision,
    reason,
    at,
  }: { by: { id: number; name: string }; decision: Decision; reason: string | null; at: string },
): Promise<boolean> =>
  (
    await tx.sql`
      insert into approval_decision (request_id, user_id, user_name, decision, reason, decided_at)
      values (${requestId}, ${by.id}, ${by.name}, ${decision}, ${reason}, ${at}) on conflict do nothing returning user_id`
  ).length > 0;

export type Closing = {
  state: Exclude<RequestState, "pending">;
  at: string;
  outcomeEvent?: string | null;
  failure?: string | null;
};

/** Closes a request that still waits in this version; false when somebody else was first. */
export const closeRequest = async (
  tx: Transaction,
  { id, version }: Pick<ApprovalRequest, "id" | "version">,
  { state, at, outcomeEvent = null, failure = null }: Closing,
): Promise<boolean> =>
  (
    await tx.sql`
      update approval_request set state = ${state}, closed_at = ${at}, outcome_event = ${outcomeEvent}, failure = ${failure},
        version = version + 1
      where id = ${id} and state = 'pending' and version = ${version} returning id`
  ).length > 0;

/** Which requests: those somebody with these features can decide, those of somebody, or those that are closed. */
export type RequestFilter =
  | { box: "forMe"; userId: number; features: readonly string[]; now: string }
  | { box: "mine"; userId: number; requestId?: number | undefined }
  | { box: "closed" };

const condition = ({ sql }: Database, filter: RequestFilter) => {
  if (filter.box === "closed") return sql`r.state <> 'pending'`;
  if (filter.box === "mine") {
    const own = sql`r.requester_id = ${filter.userId}`;
    return filter.requestId === undefined ? own : sql`${own} and r.id = ${filter.requestId}`;
  }
  return sql`r.state = 'pending' and r.expires_at > ${filter.now} and r.requester_id <> ${filter.userId}
    and r.feature = any(${[...filter.features]}::text[]) and r.also_needs <@ ${[...filter.features]}::text[]
    and not exists (select from approval_decision d where d.request_id = r.id and d.user_id = ${filter.userId})`;
};

/** At most `limit`, newest first, strictly before a number. */
export const listRequests = async (
  db: Database,
  filter: RequestFilter,
  before: number | null,
  limit: number,
): Promise<ApprovalRequest[]> => {
  const rows = await db.sql<Row[]>`
    select ${db.sql.unsafe(columns)} from approval_request r
    where ${condition(db, filter)} and r.id < ${before ?? Number.MAX_SAFE_INTEGER} order by r.id desc limit ${limit}`;
  return rows.map(toRequest);
};

export const countRequests = async (db: Database, filter: RequestFilter): Promise<number> =>
  Number(
    (await db.sql`select count(*)::int as count from approval_request r where ${condition(db, filter)}`)[0]?.count,
  );

/** Closes what waited too long, at most `limit`; one that somebody decides at this moment is left for the next run. */
export const expireRequests = async (tx: Transaction, at: string, limit: number): Promise<ApprovalRequest[]> => {
  const rows = await tx.sql<{ id: number }[]>`
    with due as (
      select id from approval_request where state = 'pending' and expires_at <= ${at} order by expires_at
      limit ${limit} for update skip locked
    )
    update approval_request r set state = 'expired', closed_at = ${at}, version = version + 1
    from due where r.id = due.id returning r.id::int as id`;
  return Promise.all(rows.map(async ({ id }) => (await findRequest(tx, id)) as ApprovalRequest));
};
