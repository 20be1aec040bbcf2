import type { Group } from "@countersign/audit/alerts/rule";
import type { Severity } from "@countersign/audit/catalogue";
import { iso } from "./answered-columns.ts";
import { arrayTypes } from "./array-types.ts";
import type { Database } from "./client.ts";
import type { Transaction } from "./transaction.ts";

export const alertStates = ["open", "acknowledged", "closed"] as const;
export type AlertState = (typeof alertStates)[number];

export type AlertNote = { at: string; by: { id: number; name: string }; state: AlertState; text: string | null };

export type Alert = {
  id: number;
  rule: { id: number; name: string };
  severity: Severity;
  state: AlertState;
  headline: string;
  group: { by: Group["by"]; value: string; label: string };
  count: number;
  /** The newest of its events, five at most. */
  eventIds: string[];
  firstAt: string;
  lastAt: string;
  notes: AlertNote[];
  version: number;
};

const columns = `id::int as id, json_build_object('id', rule_id, 'name', rule_name) as rule, severity, state, headline,
  json_build_object('by', group_by, 'value', group_value, 'label', group_label) as "group", count, event_ids as "eventIds",
  ${iso("first_at")} as "firstAt", ${iso("last_at")} as "lastAt", notes, version`;

/** Newest first, strictly before `cursor`. */
export const listAlerts = async (
  db: Database,
  states: readonly AlertState[],
  cursor: number | null,
  limit: number,
): Promise<Alert[]> => [
  ...(await db.sql<Alert[]>`
    select ${db.sql.unsafe(columns)} from alerts
    where state in ${db.sql(states as AlertState[])} and (${cursor}::bigint is null or id < ${cursor}::bigint) order by id desc limit ${limit}`),
];

export const countOpenAlerts = async (db: Database): Promise<number> =>
  Number((await db.sql`select count(*)::int as count from alerts where state = 'open'`)[0]?.count);

export const findAlert = async (db: Database, id: number): Promise<Alert | undefined> =>
  (await db.sql<Alert[]>`select ${db.sql.unsafe(columns)} from alerts where id = ${id}`)[0];

export const lockAlert = async (tx: Transaction, id: number): Promise<Alert | undefined> =>
  (await tx.sql<Alert[]>`select ${tx.sql.unsafe(columns)} from alerts where id = ${id} for update`)[0];

/** Gives a locked alert another state, with who did it and why. */
export const setAlertState = async (tx: Transaction, { id, notes }: Alert, note: AlertNote): Promise<Alert> => {
  const [row] = await tx.sql<Alert[]>`
    update alerts set state = ${note.state}, notes = ${JSON.stringify([...notes, note])}, version = version + 1
    where id = ${id} returning ${tx.sql.unsafe(columns)}`;
  if (row === undefined) throw new Error(`alert ${id} is gone although it was locked`);
  return row;
};

export type Raised = {
  rule: { id: number; name: string };
  severity: Severity;
  headline: string;
  group: Group;
  count: number;
  eventIds: readonly string[];
  at: string;
};

/** Adds to the open alert of this rule and group, or opens one. Whoever took note of the one before is told anew. */
export const raiseAlert = async (tx: Transaction, raised: Raised): Promise<{ id: number; isNew: boolean }> => {
  const { rule, severity, headline, group, count, at } = raised;
  const eventIds = tx.sql`${arrayTypes.uuids.serialize(raised.eventIds)}::text::uuid[]`;
  const [open] = await tx.sql<{ id: number }[]>`
    update alerts set headline = ${headline}, count = count + ${count}, event_ids = ${eventIds}, last_at = ${at}, version = version + 1,
      severity = case when array_position(array['info', 'low', 'medium', 'high', 'critical'], severity)
        < array_position(array['info', 'low', 'medium', 'high', 'critical'], ${severity}::text) then ${severity}::text else severity end
    where id = (select id from alerts where rule_id = ${rule.id} and group_value = ${group.value} and group_by is not distinct from ${group.by}
      and state = 'open' order by id desc limit 1)
    returning id::int as id`;
  if (open !== undefined) return { id: open.id, isNew: false };
  const [made] = await tx.sql<{ id: number }[]>`
    insert into alerts (rule_id, rule_name, severity, headline, group_by, group_value, group_label, count, event_ids, first_at, last_at)
    values (${rule.id}, ${rule.name}, ${severity}, ${headline}, ${group.by}, ${group.value}, ${group.label}, ${count}, ${eventIds}, ${at}, ${at})
    returning id::int as id`;
  if (made === undefined) throw new Error("the alert was not inserted");
  return { id: made.id, isNew: true };
};

/** What is done with is kept for a year; the events stay in the log for as long as their policies say. */
const keptDays = 365;
const atOnce = 10_000;

/** Removes messages, and alerts that somebody took note of, a year after; answers how many rows went. */
export const forgetOldAlerts = async (db: Database): Promise<number> => {
  const messages = await db.sql`
    delete from notifications where id in (
      select id from notifications where state <> 'due' and created_at < clock_timestamp() - make_interval(days => ${keptDays})
      order by id limit ${atOnce}) returning id`;
  const alerts = await db.sql`
    delete from alerts a where id in (
      select id from alerts where state <> 'open' and last_at < clock_timestamp() - make_interval(days => ${keptDays})
      order by id limit ${atOnce}) and not exists (select from notifications n where n.alert_id = a.id) returning id`;
  return messages.length + alerts.length;
};
