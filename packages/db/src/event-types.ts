import { type EventCode, eventType, eventTypes } from "@countersign/audit/catalogue";
import { iso } from "./answered-columns.ts";
import type { Database } from "./client.ts";
import { inTransaction, type Transaction } from "./transaction.ts";

/** What stands in the database about a type, which an administrator may have changed. */
export type EventTypeState = {
  code: string;
  severity: string;
  policy: string;
  enabled: boolean;
  approval: string;
  notify: boolean;
  retired: boolean;
};

export const loadEventTypes = async (db: Database): Promise<Map<string, EventTypeState>> => {
  const rows = await db.sql<EventTypeState[]>`
    select code, severity, policy, enabled, approval, notify, retired_at is not null as retired from event_types`;
  return new Map(rows.map((row) => [row.code, { ...row }]));
};

/** A type as administrators see it. */
export type EventTypeRow = EventTypeState & {
  id: number;
  name: string;
  category: string;
  locked: boolean;
  version: number;
  updatedAt: string;
};

const rowColumns = `id, code, name, category, severity, policy, enabled, approval, notify, locked, version,
  retired_at is not null as retired, ${iso("updated_at")} as "updatedAt"`;

/** All types in the order of their ids, retired ones too. */
export const listEventTypes = async (db: Database): Promise<EventTypeRow[]> => [
  ...(await db.sql<EventTypeRow[]>`select ${db.sql.unsafe(rowColumns)} from event_types order by id limit 10000`),
];

/** One type, with all other changes of types held back until the transaction ends. */
export const lockEventType = async (tx: Transaction, code: string): Promise<EventTypeRow | undefined> => {
  await tx.sql`select pg_advisory_xact_lock(hashtext('countersign.event-types'))`;
  return (await tx.sql<EventTypeRow[]>`select ${tx.sql.unsafe(rowColumns)} from event_types where code = ${code}`)[0];
};

export type EventTypePatch = Partial<Pick<EventTypeRow, "enabled" | "severity" | "policy" | "approval" | "notify">>;

/** Changes a locked type and raises its version. */
export const updateEventType = async (
  tx: Transaction,
  code: string,
  patch: EventTypePatch,
  at: string,
): Promise<EventTypeRow> => {
  const [row] = await tx.sql<EventTypeRow[]>`
    update event_types set ${tx.sql({ ...patch, updated_at: at })}, version = version + 1 where code = ${code}
    returning ${tx.sql.unsafe(rowColumns)}`;
  if (row === undefined) throw new Error(`event type ${code} is gone although it was locked`);
  return row;
};

const seedOf = (code: EventCode) => {
  const { id, name, category, severity, policy, approval, notify, locked } = eventType(code);
  return { id, name, category, severity, policy, approval, notify, locked };
};
type Seed = ReturnType<typeof seedOf>;
const editable = ["severity", "policy", "approval", "notify"] as const;

export type Synced = { created: string[]; updated: string[]; kept: string[]; retired: string[] };

/**
 * Brings the event types in line with the catalogue. What an administrator edited stays unless `force`; a type that the
 * catalogue no longer has is retired, never deleted. `onChange` runs in the same transaction when anything changed.
 */
export const syncEventTypes = (
  db: Database,
  force: boolean,
  onChange: (tx: Transaction, synced: Synced) => Promise<void>,
): Promise<Synced> =>
  inTransaction(db, async (tx) => {
    await tx.sql`select pg_advisory_xact_lock(hashtext('countersign.event-types'))`;
    const rows = await tx.sql`select * from event_types order by id`;
    const standing = new Map(rows.map((row) => [String(row.code), row]));
    const synced: Synced = { created: [], updated: [], kept: [], retired: [] };
    for (const code of Object.keys(eventTypes) as EventCode[]) {
      const seed = seedOf(code);
      const row = standing.get(code);
      if (row === undefined) {
        await tx.sql`insert into event_types ${tx.sql({ code, ...seed, seed: JSON.stringify(seed) })}`;
        synced.created.push(code);
        continue;
      }
      const before = row.seed as Seed;
      const next = { ...seed, enabled: force || seed.locked ? true : Boolean(row.enabled) };
      if (!force) {
        for (const field of editable) if (row[field] !== before[field]) Object.assign(next, { [field]: row[field] });
      }
      const same = Object.entries(next).every(([field, value]) => row[field] === value) && row.retired_at === null;
      const edited = editable.some((field) => next[field] !== seed[field]) || !next.enabled;
      if (!same || JSON.stringify(sorted(before)) !== JSON.stringify(sorted(seed))) {
        await tx.sql`update event_types set ${tx.sql({ ...next, seed: JSON.stringify(seed) })}, retired_at = null, updated_at = now()
          where code = ${code}`;
        if (!same) synced.updated.push(code);
      }
      if (edited) synced.kept.push(code);
    }
    for (const [code, row] of standing) {
      if (Object.hasOwn(eventTypes, code) || row.retired_at !== null) continue;
      await tx.sql`update event_types set retired_at = now(), updated_at = now() where code = ${code}`;
      synced.retired.push(code);
    }
    if (synced.created.length + synced.updated.length + synced.retired.length > 0) await onChange(tx, synced);
    return synced;
  });

const sorted = (record: object): object =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
