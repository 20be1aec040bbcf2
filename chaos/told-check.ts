import { canonicalize } from "@countersign/audit/canonical-json";
import type { ChannelKind } from "@countersign/db/channels";
import type { Sql } from "@countersign/db/client";
import type { Receivers, Reception } from "./receivers.ts";

export type ToldFindings = {
  /** Critical events that were not told exactly once through each channel. */
  untold: string[];
  /** Messages that wait, or that a receiver did not get as the office says. */
  undelivered: string[];
  /** Events that a stream left out, or sent out of their order. */
  unstreamed: string[];
};

type Message = {
  key: string;
  kind: ChannelKind;
  channel: string;
  state: string;
  reason: string | null;
  attempts: number;
  isAtOnce: boolean;
  message: { count: number; headline: string; events: { id: string }[] };
};

/** Whom alerts of what is told at once are sent to: who was there first, and who came later and hears the same from then on. */
const byChannel = (messages: readonly Message[]): Map<string, Message[]> => {
  const channels = new Map<string, Message[]>();
  for (const message of messages) channels.set(message.channel, [...(channels.get(message.channel) ?? []), message]);
  return channels;
};

const subjectOf = ({ key }: Message): string => key.slice(0, key.lastIndexOf("."));

const listDue = async (sql: Sql): Promise<string[]> =>
  (
    await sql<{ id: string }[]>`
      select id from event_log where (severity = 'critical' or code in (select code from event_types where notify))
        and not (status = 'failed' and details::jsonb->>'errorCode' is not distinct from 'invalid_input')
        and not (code = 'sys_channel_changed' and status = 'success' and not details::jsonb ? 'changes')`
  ).map(({ id }) => id);

/** Each critical event is in one alert and in one message of each channel, or is still gathered. */
const checkTold = async (sql: Sql, messages: readonly Message[], untold: string[]): Promise<void> => {
  const due = await listDue(sql);
  const [told] = await sql<{ alerted: number; gathered: number }[]>`
    select (select coalesce(sum(count), 0)::int from alerts where rule_id = r.id) as alerted,
      (select coalesce(sum((g.value->>'held')::int), 0)::int from alert_rule_states, jsonb_each(state->'groups') g where rule_id = r.id) as gathered
    from alert_rules r where shipped = 'at_once'`;
  const { alerted = 0, gathered = 0 } = told ?? {};
  const wanted = due.length - gathered;
  if (alerted !== wanted) untold.push(`alerts count ${alerted} of ${wanted} events`);
  const isDue = new Set(due);
  const channels = [...byChannel(messages.filter(({ isAtOnce }) => isAtOnce)).values()];
  const all = channels.reduce((most, list) => (list.length > most.length ? list : most), []);
  const counted = all.reduce((sum, { message }) => sum + message.count, 0);
  if (counted !== wanted) untold.push(`messages count ${counted} of ${wanted} events`);
  const subjects = all.map(subjectOf);
  for (const list of channels) {
    const [first] = list;
    const since = first === undefined ? [] : subjects.slice(subjects.indexOf(subjectOf(first)));
    const missing = since.filter((subject, nth) => list[nth] === undefined || subjectOf(list[nth]) !== subject);
    if (missing.length > 0 || list.length !== since.length) {
      untold.push(`${first?.channel} told of ${list.length} of ${since.length} alerts`);
    }
    const named = new Set<string>();
    for (const { id } of list.flatMap(({ message }) => message.events)) {
      if (named.has(id)) untold.push(`${id} was told twice through ${first?.channel}`);
      if (!isDue.has(id)) untold.push(`${id} was told and is nothing to tell`);
      named.add(id);
    }
  }
};

/** What a message must say wherever it goes. */
const says: Record<ChannelKind, (content: string, message: Message["message"]) => boolean> = {
  webhook: (content, message) => {
    const { office: _office, link: _link, checkpoint: _checkpoint, ...said } = JSON.parse(content);
    return canonicalize(said) === canonicalize(message as never);
  },
  chat: (content, { headline }) => content.includes(headline),
  email: (content, { headline }) => content.includes(headline),
  stream: () => true,
};

const byKey = (receptions: readonly Reception[]): Map<string, Reception[]> => {
  const keys = new Map<string, Reception[]>();
  for (const one of receptions) {
    const same = keys.get(one.key);
    if (same === undefined) keys.set(one.key, [one]);
    else same.push(one);
  }
  return keys;
};

const isChanging = (receptions: readonly Reception[]): boolean =>
  receptions.some(({ content }) => content !== receptions[0]?.content);

/** Each message was sent, got with a yes, never more often than it was tried, and said the same each time. */
const checkDelivered = (messages: readonly Message[], got: Receivers["got"], undelivered: string[]): void => {
  for (const kind of ["email", "webhook", "chat"] as const) {
    const received = byKey(got[kind]);
    for (const { key, state, reason, attempts, message } of messages.filter((one) => one.kind === kind)) {
      const receptions = received.get(key) ?? [];
      received.delete(key);
      if (state !== "sent") undelivered.push(`${key} is ${state}${reason === null ? "" : ` (${reason})`}`);
      else if (!receptions.some(({ isTaken }) => isTaken)) undelivered.push(`${key} is sent, and no ${kind} took it`);
      if (receptions.length > attempts) {
        undelivered.push(`${key} came ${receptions.length} times and was tried ${attempts} times`);
      }
      if (isChanging(receptions)) undelivered.push(`${key} did not say the same each time`);
      if (receptions[0] !== undefined && !says[kind](receptions[0].content, message)) {
        undelivered.push(`${key} did not say what it should`);
      }
    }
    for (const key of received.keys()) undelivered.push(`${kind} got ${key}, which nobody sent`);
  }
};

type Stream = { sent: number; index: number };

/** Every event that the stream is for came with a yes, and in the order of the tree; see `openChannels` for what it is for. */
const checkStreamed = async (sql: Sql, { got, streamFrom }: Receivers, unstreamed: string[]): Promise<void> => {
  if (streamFrom === null) return;
  const wanted = (
    await sql<{ id: string }[]>`
      select e.id from ledger_batch b cross join lateral unnest(b.ids) with ordinality as leaf (id, n) join event_log e on e.id = leaf.id
      where b.epoch = 1 and b.first_index + leaf.n - 1 >= ${streamFrom} and object_type in ('permit', 'document') and code <> 'permit_update'
      order by b.first_index, leaf.n`
  ).map(({ id }) => id);
  const firsts = [...new Set(got.stream.flatMap(({ ids }) => ids))];
  const taken = new Set(got.stream.filter(({ isTaken }) => isTaken).flatMap(({ ids }) => ids));
  const wrong = wanted.findIndex((id, nth) => firsts[nth] !== id);
  if (wrong >= 0) unstreamed.push(`event ${wrong} of ${wanted.length} is ${wanted[wrong]}, and ${firsts[wrong]} came`);
  if (firsts.length !== wanted.length) unstreamed.push(`${firsts.length} events came, of ${wanted.length}`);
  for (const id of wanted) if (!taken.has(id)) unstreamed.push(`${id} was never taken`);
  for (const [key, receptions] of byKey(got.stream)) if (isChanging(receptions)) unstreamed.push(`${key} changed`);
  const [stream] = await sql<Stream[]>`select sent::int as sent, index::int as index from channel_streams`;
  if (stream?.sent !== wanted.length) unstreamed.push(`${stream?.sent} of ${wanted.length} events are counted as sent`);
};

/** Compares what the office says it told whom with what those got. */
export const checkToldAll = async (sql: Sql, receivers: Receivers, findings: ToldFindings): Promise<void> => {
  const messages = await sql<Message[]>`
    select n.key, coalesce(c.kind, 'none') as kind, n.channel_name as channel, n.state, n.reason, n.attempts, n.message,
      coalesce(r.shipped = 'at_once', false) as "isAtOnce"
    from notifications n left join channels c on c.id = channel_id left join alerts a on a.id = alert_id left join alert_rules r on r.id = rule_id
    order by n.id`;
  await checkTold(sql, messages, findings.untold);
  checkDelivered(messages, receivers.got, findings.undelivered);
  await checkStreamed(sql, receivers, findings.unstreamed);
};
