import type { LogRow } from "@countersign/audit/ledger/check-row";
import { spanOf } from "./positions.ts";
import type { Transaction } from "./transaction.ts";

type Column = Exclude<keyof LogRow, "id" | "leaf" | "leafHash" | "details" | "salt">;
type Fetched = Pick<LogRow, "id" | "leaf" | "leafHash" | "details" | "salt"> & { record: string };

const time = (column: string): string => `to_char(e.${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** The columns that are asked for in queries, in the order of the record. */
const columns = {
  policy: "e.policy",
  code: "e.code",
  category: "e.category",
  severity: "e.severity",
  status: "e.status",
  occurredAt: time("occurred_at"),
  receivedAt: time("received_at"),
  actorType: "e.actor_type",
  actorId: "e.actor_id",
  objectType: "e.object_type",
  objectId: "e.object_id",
  targetType: "e.target_type",
  targetId: "e.target_id",
  requestMethod: "e.request_method",
  endpoint: "e.endpoint",
  requestId: "e.request_id",
  source: "e.source",
  approvalId: "e.approval_id",
} satisfies Record<Column, string>;
const record = `row(${Object.values(columns).join(", ")})::text`;

/** A member of a record in quotes, where two quotes or a backslash stand for one character, or as it is. */
const member = /"((?:[^"\\]|""|\\.)*)"|([^,]*)/gsy;

/** The members of a record as PostgreSQL writes it, `(a,,"b c")`; nothing between two commas is null. */
export const readRecord = (text: string): (string | null)[] => {
  const inner = text.slice(1, -1);
  if (!inner.includes('"')) return inner.split(",").map((plain) => (plain === "" ? null : plain));
  const members: (string | null)[] = [];
  for (let at = 0; at <= inner.length; at = member.lastIndex + 1) {
    member.lastIndex = at;
    const [, quoted, plain = ""] = member.exec(inner) ?? [];
    members.push(quoted === undefined ? plain || null : quoted.replace(/""|\\(.)/gs, (pair, one) => one ?? pair[0]));
  }
  return members;
};

const rowOf = ({ id, record, leaf, leafHash, details, salt }: Fetched): LogRow => {
  const at = readRecord(record);
  const text = (place: number): string => at[place] ?? "";
  return {
    id,
    policy: text(0),
    code: text(1),
    category: text(2),
    severity: text(3),
    status: text(4),
    occurredAt: text(5),
    receivedAt: text(6),
    actorType: text(7),
    actorId: at[8] ?? null,
    objectType: at[9] ?? null,
    objectId: at[10] ?? null,
    targetType: at[11] ?? null,
    targetId: at[12] ?? null,
    requestMethod: at[13] ?? null,
    endpoint: at[14] ?? null,
    requestId: at[15] ?? null,
    source: text(16),
    approvalId: at[17] ?? null,
    leaf,
    leafHash,
    details,
    salt,
  };
};

/**
 * The stored rows of these ids, by id; more than one where an id stands in several partitions. The columns come as one
 * record a row: for the driver each value costs as much as hashing a leaf.
 */
export const readRows = async (tx: Transaction, ids: readonly string[]): Promise<Map<string, LogRow[]>> => {
  const rows = new Map<string, LogRow[]>();
  if (ids.length === 0) return rows;
  const { minId, maxId } = spanOf(ids);
  const found = await tx.sql<Fetched[]>`
    select e.id, ${tx.sql.unsafe(record)} as record, e.leaf, e.leaf_hash as "leafHash", e.details, e.salt
    from unnest(${`{${ids.join(",")}}`}::text::uuid[]) as wanted (id) join event_log e on e.id = wanted.id
    where e.id between ${minId} and ${maxId}`;
  for (const fetched of found) {
    const known = rows.get(fetched.id);
    if (known === undefined) rows.set(fetched.id, [rowOf(fetched)]);
    else known.push(rowOf(fetched));
  }
  return rows;
};
