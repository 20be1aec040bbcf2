import type { RuleDefinition } from "@countersign/audit/alerts/rule";
import { type ShippedRuleName, shippedRules } from "@countersign/audit/alerts/shipped-rules";
import { iso } from "./answered-columns.ts";
import { arrayTypes } from "./array-types.ts";
import type { Database } from "./client.ts";
import type { LogPlace } from "./log-places.ts";
import type { Transaction } from "./transaction.ts";

export type AlertRule = {
  id: number;
  name: string;
  shipped: ShippedRuleName | null;
  definition: RuleDefinition;
  /** Empty: the channels that are the default. */
  channelIds: number[];
  enabled: boolean;
  updatedAt: string;
  version: number;
  /** Since when the rule cannot be judged, and why. */
  failingSince: string | null;
  failure: string | null;
};

const columns = `id::int as id, name, shipped, definition, channel_ids as "channelIds", enabled, ${iso("updated_at")} as "updatedAt", version,
  ${iso("failing_since")} as "failingSince", failure`;

/** In the order in which they were made, at most `limit`. */
export const listAlertRules = async (db: Database, limit: number): Promise<AlertRule[]> => [
  ...(await db.sql<AlertRule[]>`select ${db.sql.unsafe(columns)} from alert_rules order by id limit ${limit}`),
];

export const findAlertRule = async (db: Database, id: number): Promise<AlertRule | undefined> =>
  (await db.sql<AlertRule[]>`select ${db.sql.unsafe(columns)} from alert_rules where id = ${id}`)[0];

/** One rule, with all other changes of rules held back until the transaction ends. */
export const lockAlertRule = async (tx: Transaction, id: number): Promise<AlertRule | undefined> => {
  await holdAlertRules(tx);
  return findAlertRule(tx, id);
};

const holdAlertRules = (tx: Transaction) => tx.sql`select pg_advisory_xact_lock(hashtext('countersign.alert-rules'))`;

export const countAlertRules = async (tx: Transaction): Promise<number> => {
  await holdAlertRules(tx);
  return Number((await tx.sql`select count(*)::int as count from alert_rules`)[0]?.count);
};

export type RuleFields = Pick<AlertRule, "name" | "definition" | "channelIds" | "enabled"> & { nameFolded: string };

const bigints = (tx: Transaction, ids: readonly number[]) =>
  tx.sql`${arrayTypes.bigints.serialize(ids)}::text::bigint[]`;

export const insertAlertRule = async (
  tx: Transaction,
  { name, nameFolded, definition, channelIds, enabled }: RuleFields,
  at: string,
  shipped: ShippedRuleName | null = null,
): Promise<AlertRule> => {
  const [row] = await tx.sql<AlertRule[]>`
    insert into alert_rules (name, name_folded, shipped, definition, channel_ids, enabled, created_at, updated_at)
    values (${name}, ${nameFolded}, ${shipped}, ${JSON.stringify(definition)}, ${bigints(tx, channelIds)}, ${enabled}, ${at}, ${at})
    returning ${tx.sql.unsafe(columns)}`;
  if (row === undefined) throw new Error("the rule was not inserted");
  return row;
};

/** Writes a locked rule and raises its version. One that is behind the others stays there only while it looks for the same. */
export const updateAlertRule = async (
  tx: Transaction,
  id: number,
  { name, nameFolded, definition, channelIds, enabled }: RuleFields,
  staysBehind: boolean,
  at: string,
): Promise<AlertRule> => {
  const [row] = await tx.sql<AlertRule[]>`
    update alert_rules set name = ${name}, name_folded = ${nameFolded}, definition = ${JSON.stringify(definition)},
      channel_ids = ${bigints(tx, channelIds)}, enabled = ${enabled}, updated_at = ${at}, version = version + 1,
      failing_since = null, failed_at = null, failure = null, behind = case when ${staysBehind} then behind end
    where id = ${id} returning ${tx.sql.unsafe(columns)}`;
  if (row === undefined) throw new Error(`alert rule ${id} is gone although it was locked`);
  return row;
};

export const deleteAlertRule = async (tx: Transaction, id: number): Promise<void> => {
  await tx.sql`delete from alert_rules where id = ${id}`;
};

/** Notes that a rule could not be judged; true when it could before. */
export const recordRuleFailure = async (
  tx: Transaction,
  { id, version }: Pick<AlertRule, "id" | "version">,
  failure: string,
): Promise<boolean> =>
  (
    await tx.sql<{ isFirst: boolean }[]>`
      update alert_rules set failure = ${failure}, failed_at = tried.at, failing_since = coalesce(failing_since, tried.at)
      from (select clock_timestamp() as at) as tried where id = ${id} and version = ${version} returning failing_since = failed_at as "isFirst"`
  )[0]?.isFirst === true;

/** Where the rules that are behind the others go on, by the rule's id. */
export const placesBehind = async (tx: Transaction): Promise<ReadonlyMap<number, LogPlace>> =>
  new Map(
    (
      await tx.sql<{ id: number; behind: LogPlace }[]>`
        select id::int as id, behind from alert_rules where behind is not null order by id limit 1000`
    ).map(({ id, behind }) => [id, behind]),
  );

/** Keeps the place of a rule that misses leaves, unless it is further behind already. */
export const fallBehind = async (tx: Transaction, id: number, { epoch, index }: LogPlace): Promise<void> => {
  await tx.sql`update alert_rules set behind = coalesce(behind, ${JSON.stringify({ epoch, index })}::jsonb) where id = ${id}`;
};

/** Notes how far a rule that was behind has come; null when it is level with the others. */
export const movePlaceBehind = async (tx: Transaction, id: number, behind: LogPlace | null): Promise<void> => {
  await tx.sql`update alert_rules set behind = ${behind === null ? null : JSON.stringify(behind)}::jsonb where id = ${id}`;
};

export const forgetRuleFailure = async (tx: Transaction, id: number): Promise<void> => {
  await tx.sql`update alert_rules set failing_since = null, failed_at = null, failure = null where id = ${id}`;
};

/** Rules that failed not long ago: each rests for as long as it has failed, a minute at least and an hour at most. */
export const restingRules = async (tx: Transaction): Promise<number[]> =>
  (
    await tx.sql<{ id: number }[]>`
      select id::int as id from alert_rules where failed_at is not null and clock_timestamp() < failed_at
        + least(greatest(failed_at - failing_since, interval '1 minute'), interval '1 hour') order by id limit 1000`
  ).map(({ id }) => id);

/** The rules that an office starts with, and the channel that mails to whom the settings name. */
export const seedAlerts = async (tx: Transaction, at: string, fold: (name: string) => string): Promise<void> => {
  for (const [shipped, { name, definition }] of Object.entries(shippedRules)) {
    const rule = { name, nameFolded: fold(name), definition, channelIds: [], enabled: true };
    await insertAlertRule(tx, rule, at, shipped as ShippedRuleName);
  }
  await tx.sql`insert into channels (name, name_folded, kind, is_default, created_at, updated_at)
    values ('E-mail', 'e-mail', 'email', true, ${at}, ${at})`;
};
