import type { EventFilter } from "@countersign/audit/event-filter";
import type { EventFormatName } from "@countersign/audit/formats/index";
import { iso } from "./answered-columns.ts";
import type { Database } from "./client.ts";
import type { LogPlace } from "./log-places.ts";
import type { Transaction } from "./transaction.ts";

export const channelKinds = ["email", "webhook", "chat", "stream"] as const;
export type ChannelKind = (typeof channelKinds)[number];
/** Those that take the messages of alerts; a stream takes the events themselves. */
export const takesMessages = ({ kind }: Pick<Channel, "kind">): boolean => kind !== "stream";

/** What a stream sends, and how far it is. */
export type ChannelStream = {
  format: EventFormatName;
  filter: EventFilter;
  /** Events that were taken, ever. */
  sent: number;
  /** Leaves of the log after the last that was looked at; those of a later epoch are not counted. */
  behind: number;
};

/** As it is shown: never with a secret. */
export type Channel = {
  id: number;
  name: string;
  kind: ChannelKind;
  /** Of a webhook its address; of a chat, whose address is its secret, only the host. */
  url: string | null;
  /** Of e-mail: users by id and single addresses; null for whom the setting names. */
  recipients: (number | string)[] | null;
  oldSecretUntil: string | null;
  isDefault: boolean;
  enabled: boolean;
  updatedAt: string;
  version: number;
  /** Failures in a row, and until when it is not tried. */
  failures: number;
  restUntil: string | null;
  succeededAt: string | null;
  failedAt: string | null;
  failure: string | null;
  /** Of a stream. */
  stream: ChannelStream | null;
};

const stream = `(select json_build_object('format', format, 'filter', filter, 'sent', sent, 'behind', greatest(0,
  coalesce((select first_index + cardinality(ids) from ledger_batch b where b.epoch = s.epoch order by first_index desc limit 1), 0) - index))
  from channel_streams s where channel_id = channels.id) as stream`;
const columns = `id::int as id, name, kind, url, recipients, ${iso("old_secret_until")} as "oldSecretUntil", is_default as "isDefault", enabled,
  ${iso("updated_at")} as "updatedAt", version, failures, ${iso("rest_until")} as "restUntil", ${iso("succeeded_at")} as "succeededAt",
  ${iso("failed_at")} as "failedAt", failure, ${stream}`;

export const listChannels = async (db: Database, limit: number): Promise<Channel[]> => [
  ...(await db.sql<Channel[]>`select ${db.sql.unsafe(columns)} from channels order by id limit ${limit}`),
];

export const findChannel = async (db: Database, id: number): Promise<Channel | undefined> =>
  (await db.sql<Channel[]>`select ${db.sql.unsafe(columns)} from channels where id = ${id}`)[0];

const holdChannels = (tx: Transaction) => tx.sql`select pg_advisory_xact_lock(hashtext('countersign.channels'))`;

/** One channel, with all other changes of channels held back until the transaction ends. */
export const lockChannel = async (tx: Transaction, id: number): Promise<Channel | undefined> => {
  await holdChannels(tx);
  return findChannel(tx, id);
};

export const countChannels = async (tx: Transaction): Promise<number> => {
  await holdChannels(tx);
  return Number((await tx.sql`select count(*)::int as count from channels`)[0]?.count);
};

export type ChannelFields = Pick<Channel, "name" | "url" | "recipients" | "isDefault" | "enabled"> & {
  nameFolded: string;
};

const recipientsText = ({ recipients }: ChannelFields): string | null =>
  recipients === null ? null : JSON.stringify(recipients);

/** `sealed` makes what is stored of the secret of the channel that has this id; null where it has none. */
export const insertChannel = async (
  tx: Transaction,
  kind: ChannelKind,
  fields: ChannelFields,
  sealed: ((id: number) => string) | null,
  at: string,
): Promise<Channel> => {
  const { name, nameFolded, url, isDefault, enabled } = fields;
  const [row] = await tx.sql<Channel[]>`
    insert into channels (name, name_folded, kind, url, recipients, is_default, enabled, created_at, updated_at)
    values (${name}, ${nameFolded}, ${kind}, ${url}, ${recipientsText(fields)}, ${isDefault}, ${enabled}, ${at}, ${at})
    returning ${tx.sql.unsafe(columns)}`;
  if (row === undefined) throw new Error("the channel was not inserted");
  if (sealed !== null) await tx.sql`update channels set secret = ${sealed(row.id)} where id = ${row.id}`;
  return row;
};

/** Another secret, sealed; the one before signs beside it until then, or not at all. */
export type NewSecret = { secret: string; oldUntil: string | null };

/** Writes a locked channel and raises its version; what was found about an address that changed is forgotten. */
export const updateChannel = async (
  tx: Transaction,
  id: number,
  fields: ChannelFields,
  secret: NewSecret | null,
  at: string,
): Promise<Channel> => {
  const { name, nameFolded, url, isDefault, enabled } = fields;
  const [row] = await tx.sql<Channel[]>`
    update channels set name = ${name}, name_folded = ${nameFolded}, url = ${url}, recipients = ${recipientsText(fields)},
      is_default = ${isDefault}, enabled = ${enabled}, updated_at = ${at}, version = version + 1, failures = 0, rest_until = null
      ${secret === null ? tx.sql`` : tx.sql`, secret = ${secret.secret}, old_secret_until = ${secret.oldUntil}`}
    where id = ${id} returning ${tx.sql.unsafe(columns)}`;
  if (row === undefined) throw new Error(`channel ${id} is gone although it was locked`);
  await tx.sql`update channel_streams set failing_since = null, is_told = false where channel_id = ${id}`;
  return row;
};

/** Sets what a stream sends and, where a place is given, from where on. Its channel is locked. */
export const writeStream = async (
  tx: Transaction,
  channelId: number,
  { format, filter }: Pick<ChannelStream, "format" | "filter">,
  from: LogPlace | null,
): Promise<void> => {
  const kept = JSON.stringify(filter);
  if (from === null) {
    await tx.sql`update channel_streams set format = ${format}, filter = ${kept} where channel_id = ${channelId}`;
    return;
  }
  await tx.sql`
    insert into channel_streams (channel_id, format, filter, epoch, index) values (${channelId}, ${format}, ${kept}, ${from.epoch}, ${from.index})
    on conflict (channel_id) do update set format = excluded.format, filter = excluded.filter, epoch = excluded.epoch, index = excluded.index`;
};

export const deleteChannel = async (tx: Transaction, id: number): Promise<void> => {
  await tx.sql`delete from channels where id = ${id}`;
  await tx.sql`update notifications set state = 'failed', reason = 'channel_deleted' where channel_id = ${id} and state = 'due'`;
};

/** Seals what was stored before secrets were; answers of how many channels. */
export const sealSecrets = async (
  tx: Transaction,
  isSealed: (text: string) => boolean,
  seal: (id: number, secret: string) => string,
): Promise<number> => {
  const rows = await tx.sql<{ id: number; secret: string; oldSecret: string | null }[]>`
    select id::int as id, secret, old_secret as "oldSecret" from channels where secret is not null order by id limit 1000 for update`;
  const plain = rows.filter(
    ({ secret, oldSecret }) => !isSealed(secret) || (oldSecret !== null && !isSealed(oldSecret)),
  );
  for (const { id, secret, oldSecret } of plain) {
    const sealed = (text: string): string => (isSealed(text) ? text : seal(id, text));
    const old = oldSecret === null ? null : sealed(oldSecret);
    await tx.sql`update channels set secret = ${sealed(secret)}, old_secret = ${old} where id = ${id}`;
  }
  return plain.length;
};

/** Whether a rule that every office has, and that is on, sends through a channel. */
export const isNamedByShipped = async (tx: Transaction, id: number): Promise<boolean> =>
  (await tx.sql`select from alert_rules where ${id} = any(channel_ids) and shipped is not null and enabled limit 1`)
    .length > 0;

/** Whether a rule names a channel that would be missed. */
export const ruleNaming = async (tx: Transaction, id: number): Promise<string | undefined> =>
  (await tx.sql<{ name: string }[]>`select name from alert_rules where ${id} = any(channel_ids) order by id limit 1`)[0]
    ?.name;
