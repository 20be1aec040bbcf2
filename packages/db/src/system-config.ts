import type { Json } from "@countersign/audit/json";
import { iso, person } from "./answered-columns.ts";
import { arrayTypes } from "./array-types.ts";
import type { Database } from "./client.ts";
import {
  defaultSettings,
  type SettingKey,
  type SystemSettings,
  settingKeys,
  systemSetting,
} from "./system-settings.ts";
import type { Transaction } from "./transaction.ts";
import { type Watched, watch } from "./watched.ts";

/** One setting as it stands; version 0 and nobody's as long as it has its default. */
export type SettingState = {
  key: SettingKey;
  value: Json;
  version: number;
  updatedAt: string | null;
  updatedBy: { id: number; name: string } | null;
};

type Row = {
  key: string;
  value: Json;
  version: number;
  updatedAt: string | null;
  updatedBy: SettingState["updatedBy"];
};

/** Retention periods stand with the policies they belong to, all else in `system_config`. */
const readRows = async (db: Database): Promise<Row[]> => [
  ...(await db.sql<Row[]>`
    select key, value, c.version, ${db.sql.unsafe(iso("c.updated_at"))} as "updatedAt",
      ${db.sql.unsafe(person("c.updated_by"))} as "updatedBy"
    from system_config c where key not like 'retention.%' or key in ('retention.run_at', 'retention.archive')
    union all
    select 'retention.' || policy, to_jsonb(p.retain_days), greatest(p.version - 1, 0), ${db.sql.unsafe(iso("p.updated_at"))},
      (select json_build_object('id', u.id, 'name', u.name) from users u, system_config c
        where c.key = 'retention.' || policy and u.id = c.updated_by)
    from retention_policy p where retain_days is not null`),
];

/** All settings in their order. A stored value that this version would refuse counts as its default. */
export const listSettings = async (db: Database): Promise<SettingState[]> => {
  const rows = new Map((await readRows(db)).map((row) => [row.key, row]));
  return settingKeys.map((key) => {
    const row = rows.get(key);
    const { schema } = systemSetting(key);
    const known = row !== undefined && schema.safeParse(row.value).success;
    return {
      key,
      value: known ? row.value : (systemSetting(key).default as Json),
      version: row?.version ?? 0,
      updatedAt: row === undefined || row.version === 0 ? null : row.updatedAt,
      updatedBy: row?.updatedBy ?? null,
    };
  });
};

export const readSettings = async (db: Database): Promise<SystemSettings> => ({
  ...defaultSettings,
  ...Object.fromEntries((await listSettings(db)).map(({ key, value }) => [key, value])),
});

/** The settings, read again every second: a change counts without a restart. */
export const watchSettings = (
  db: Database,
  onError: (error: unknown) => void,
  everyMs?: number,
): Promise<Watched<SystemSettings>> => watch(() => readSettings(db), onError, everyMs);

/** The state of one setting, with all changes of settings held back until the transaction ends. */
export const lockSetting = async (tx: Transaction, key: SettingKey): Promise<SettingState> => {
  await tx.sql`select pg_advisory_xact_lock(hashtext('countersign.system-config'))`;
  const state = (await listSettings(tx)).find((one) => one.key === key);
  if (state === undefined) throw new Error(`there is no setting ${key}`);
  return state;
};

export type ListedUser = { id: number; name: string; active: boolean; administrator: boolean };

/** Those of the users that exist, held as they are, with their roles, until the transaction ends. */
export const holdUsers = async (tx: Transaction, userIds: readonly number[]): Promise<ListedUser[]> => {
  const ids = tx.sql`${arrayTypes.bigints.serialize(userIds)}::text::bigint[]`;
  await tx.sql`select from users where id = any(${ids}) order by id for share`;
  await tx.sql`select from user_roles where user_id = any(${ids}) order by user_id, role_id for share`;
  return [
    ...(await tx.sql<ListedUser[]>`
      select id::int as id, name, status = 'active' as active, exists (select from user_roles ur
        join roles r on r.id = ur.role_id where ur.user_id = u.id and r.shipped = 'administrator') as administrator
      from users u where id = any(${ids}) order by id`),
  ];
};

/** Writes a value that was checked. */
export const writeSetting = async (
  tx: Transaction,
  key: SettingKey,
  value: Json,
  { at, by }: { at: string; by: number },
): Promise<void> => {
  const policy = /^retention\.(decision|change|session|read)$/.exec(key)?.[1];
  if (policy !== undefined) {
    await tx.sql`update retention_policy set retain_days = ${Number(value)}, version = version + 1, updated_at = ${at} where policy = ${policy}`;
  }
  await tx.sql`insert into system_config (key, value, updated_at, updated_by) values (${key}, ${JSON.stringify(value)}, ${at}, ${by})
    on conflict (key) do update set value = excluded.value, version = system_config.version + 1,
      updated_at = excluded.updated_at, updated_by = excluded.updated_by`;
};
