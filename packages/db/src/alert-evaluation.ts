import type { RuleState } from "@countersign/audit/alerts/judge";
import type { RuleDefinition } from "@countersign/audit/alerts/rule";
import type { Database } from "./client.ts";
import { type LogPlace, logEnd, sealedIds } from "./log-places.ts";
import { sealedSize } from "./sealing.ts";
import type { Transaction } from "./transaction.ts";

/** Leaves that are judged in one transaction, and events of those that are told at once. */
const leavesAtOnce = 2000;
const dueAtOnce = 1000;

/** True when this transaction alone judges until it ends. */
export const lockJudging = async (tx: Transaction): Promise<boolean> =>
  (await tx.sql`select pg_try_advisory_xact_lock(hashtext('countersign.alerts')) as mine`)[0]?.mine === true;

/** How far the log was judged. A log that nobody judged yet is judged from its end on. */
export const readCursor = async (tx: Transaction): Promise<LogPlace> => {
  const [row] = await tx.sql<LogPlace[]>`select epoch, index::float8 as index from alert_cursor where id = 1`;
  if (row !== undefined) return row;
  const end = await logEnd(tx);
  await tx.sql`insert into alert_cursor (id, epoch, index) values (1, ${end.epoch}, ${end.index})`;
  return end;
};

export const writeCursor = async (tx: Transaction, { epoch, index }: LogPlace): Promise<void> => {
  await tx.sql`update alert_cursor set epoch = ${epoch}, index = ${index} where id = 1`;
};

/** The day of the last digests, `YYYY-MM-DD` in the office's zone; null before the first. */
export const readDigestDay = async (tx: Transaction): Promise<string | null> =>
  (await tx.sql<{ day: string | null }[]>`select digest_day::text as day from alert_cursor where id = 1`)[0]?.day ??
  null;

export const writeDigestDay = async (tx: Transaction, day: string): Promise<void> => {
  await tx.sql`update alert_cursor set digest_day = ${day} where id = 1`;
};

/** Whether there is anything to judge, from outside of any transaction. */
export const hasUnjudged = async (db: Database): Promise<boolean> => {
  const end = await logEnd(db);
  const [row] = await db.sql<{ due: boolean }[]>`
    select exists (select from alert_due) or not exists (select from alert_cursor where epoch = ${end.epoch} and index >= ${end.index}) as due`;
  return row?.due === true;
};

export type Leaves = { ids: string[]; next: LogPlace; isAtEnd: boolean };

/** The next leaves before an end, in the order of the tree, and where to go on; an epoch that ended leads to the next one. */
export const nextLeaves = async (tx: Transaction, { epoch, index }: LogPlace, end: LogPlace): Promise<Leaves> => {
  // A log that was restored is shorter than what was judged of it.
  if (epoch > end.epoch) return { ids: [], next: end, isAtEnd: true };
  const isOver = epoch < end.epoch;
  const size = isOver ? await sealedSize(tx, epoch) : end.index;
  if (index >= size) {
    return isOver
      ? { ids: [], next: { epoch: epoch + 1, index: 0 }, isAtEnd: false }
      : { ids: [], next: { epoch: end.epoch, index: Math.min(index, end.index) }, isAtEnd: true };
  }
  const to = Math.min(size, index + leavesAtOnce);
  return {
    ids: await sealedIds(tx, { epoch, index }, to),
    next: { epoch, index: to },
    isAtEnd: !isOver && to === size,
  };
};

/** Takes events that must be told at once, in the order of their ids; they are gone with the transaction that tells of them. */
export const takeDue = async (tx: Transaction): Promise<string[]> =>
  (
    await tx.sql<{ id: string }[]>`
      delete from alert_due where event_id in (select event_id from alert_due order by event_id limit ${dueAtOnce})
      returning event_id as id`
  )
    .map(({ id }) => id)
    .sort();

/** The oldest event that is kept and has no place in the tree yet, in milliseconds since 1970: no clock of a rule goes beyond it. */
export const oldestUnplaced = async (tx: Transaction): Promise<number | null> =>
  (
    await tx.sql<{ ms: number | null }[]>`
      select floor(extract(epoch from least((select min(received_at) from ledger_pending), (select min(kept_at) from audit_outbox))) * 1000)::float8 as ms`
  )[0]?.ms ?? null;

/** What a rule remembers, and what it looked for when it learnt that. */
export type KnownState = { definition: RuleDefinition; state: RuleState };

export const readRuleState = async (tx: Transaction, ruleId: number): Promise<KnownState | undefined> =>
  (await tx.sql<KnownState[]>`select definition, state from alert_rule_states where rule_id = ${ruleId}`)[0];

export const writeRuleState = async (
  tx: Transaction,
  ruleId: number,
  { definition, state }: KnownState,
): Promise<void> => {
  await tx.sql`
    insert into alert_rule_states (rule_id, definition, state) values (${ruleId}, ${JSON.stringify(definition)}, ${JSON.stringify(state)})
    on conflict (rule_id) do update set definition = excluded.definition, state = excluded.state`;
};

/** What rules that are switched off remember; it is gone with the transaction that tells of what they had gathered. */
export const takeStatesOfOff = async (tx: Transaction): Promise<(KnownState & { ruleId: number })[]> => [
  ...(await tx.sql<(KnownState & { ruleId: number })[]>`
    delete from alert_rule_states s using alert_rules r where r.id = s.rule_id and not r.enabled
    returning rule_id::int as "ruleId", s.definition, s.state`),
];
