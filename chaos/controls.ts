import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "@countersign/db/client";
import { type Findings, inspect } from "./checker.ts";
import { startLoad } from "./driver.ts";
import type { Stage } from "./stage.ts";

type Tampering = {
  finds: keyof Findings;
  /** Without it, on every office. */
  needs?: (stage: Stage) => boolean;
  tamper: (stage: Stage, storedId: string) => Promise<void>;
};

const hasStream = ({ office }: Stage): boolean => office.receivers.streamFrom !== null;

/** Past every guard of the database, as only its superuser can. */
const unguarded = async ({ office }: Stage, act: (sql: Sql) => Promise<unknown>): Promise<void> => {
  await office.admin.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await act(sql as unknown as Sql);
  });
};

/** Faults made by hand that the checker must report; run on an office in which all was well, in this order. */
const controls: Record<string, Tampering> = {
  "nobody publishes or sweeps": {
    finds: "waiting",
    tamper: async (stage) => {
      await Promise.all(stage.office.workers.map((worker) => worker.stop()));
      const driver = startLoad(stage.caller, stage.history, stage.loadRandom);
      await sleep(1000);
      await driver.stop();
    },
  },
  "a kept envelope is deleted": {
    finds: "lost",
    tamper: async ({ office }) => {
      await office.admin.sql`delete from audit_outbox where id in (
        select id from audit_outbox where leaves like '%"source":"user:%' order by count desc limit 1)`;
    },
  },
  "a message never came": {
    finds: "undelivered",
    needs: hasStream,
    tamper: async ({ office: { receivers } }) => {
      const [lost] = receivers.got.email;
      receivers.got.email = receivers.got.email.filter(({ key }) => key !== lost?.key);
    },
  },
  "a message says something else the second time": {
    finds: "undelivered",
    needs: hasStream,
    tamper: async ({ office: { admin, receivers } }) => {
      const [first] = receivers.got.chat;
      receivers.got.chat.push({ ...first!, content: `${first?.content}.` });
      await admin.sql`update notifications set attempts = attempts + 1 where key = ${first!.key}`;
    },
  },
  "a message is sent without a try": {
    finds: "undelivered",
    needs: hasStream,
    tamper: async ({ office: { admin, receivers } }) => {
      await admin.sql`update notifications set attempts = 0 where key = ${receivers.got.webhook[0]!.key}`;
    },
  },
  "a message waits": {
    finds: "undelivered",
    needs: hasStream,
    tamper: async ({ office: { admin, receivers } }) => {
      await admin.sql`update notifications set state = 'due' where key = ${receivers.got.webhook.at(-1)!.key}`;
    },
  },
  "a critical event is counted twice": {
    finds: "untold",
    needs: hasStream,
    tamper: async ({ office: { admin } }) => {
      await admin.sql`update alerts set count = count + 1 where id = (
        select a.id from alerts a join alert_rules r on r.id = rule_id where shipped = 'at_once' limit 1)`;
    },
  },
  "an event is told twice": {
    finds: "untold",
    needs: hasStream,
    tamper: async ({ office: { admin, receivers } }) => {
      await admin.sql`
        insert into notifications (key, alert_id, channel_id, channel_name, state, message, at)
        select 'again-' || key, alert_id, channel_id, channel_name, state, message, at from notifications
        where key = ${receivers.got.chat[0]!.key}`;
    },
  },
  "batches come in another order": {
    finds: "unstreamed",
    needs: hasStream,
    tamper: async ({ office: { receivers } }) => void receivers.got.stream.reverse(),
  },
  "an event is left out of a stream": {
    finds: "unstreamed",
    needs: hasStream,
    tamper: async ({ office: { receivers } }) => {
      const left = receivers.got.stream[0]?.ids[0];
      receivers.got.stream = receivers.got.stream.map((one) => ({ ...one, ids: one.ids.filter((id) => id !== left) }));
    },
  },
  "a leaf is changed": {
    finds: "altered",
    tamper: (stage, id) =>
      unguarded(stage, (sql) => sql`update event_log set leaf = replace(leaf, '"v":1', '"v":2') where id = ${id}`),
  },
  "details are changed": {
    finds: "altered",
    tamper: (stage, id) =>
      unguarded(stage, (sql) => sql`update event_log set details = replace(details, 'note', 'Note') where id = ${id}`),
  },
  "a column says something else than the leaf": {
    finds: "altered",
    tamper: (stage, id) => unguarded(stage, (sql) => sql`update event_log set object_id = '0' where id = ${id}`),
  },
  "an event stands under a second policy": {
    finds: "doubled",
    tamper: (stage, id) =>
      unguarded(
        stage,
        (sql) => sql`
        insert into event_log (id, policy, code, category, severity, status, occurred_at, received_at, actor_type, source,
          leaf, leaf_hash, details, salt)
        select id, 'held', code, category, severity, status, occurred_at, received_at, actor_type, source,
          leaf, leaf_hash, details, salt from event_log where id = ${id}`,
      ),
  },
  "a refused event is stored all the same": {
    finds: "invented",
    tamper: async ({ history }, id) => {
      history.fates.get(id)!.outcome = "fail";
    },
  },
  "the event of a permit is gone": {
    finds: "unpaired",
    tamper: (stage) =>
      unguarded(
        stage,
        (sql) => sql`delete from event_log where (id, policy) in (
          select id, policy from event_log where code = 'permit_create' and object_type = 'permit' and status = 'success' limit 1)`,
      ),
  },
  "a manifest says that a stored event was removed": {
    finds: "miscounted",
    tamper: (stage) =>
      unguarded(
        stage,
        (sql) => sql`
          with run as (insert into retention_run (state, started_by, started_at, ended_at) values ('done', 'user:1', now(), now()) returning id)
          insert into retention_manifest (id, run_id, policy, month, partition, epoch, first_index, last_index, count, rows,
            bytes, bitmap, bitmap_sha256, root, holds_seen, event_id, leaf, state, planned_at, ended_at)
          select gen_random_uuid(), run.id, 'read', '2001-01-01', 'event_log_read_2001_01', 1, first_index, first_index, 1, 1,
            0, '\\x01', '\\x', '\\x', 0, min_id, '{}', 'dropped', now(), now()
          from run, (select * from ledger_batch where epoch = 1 and ids[1] in (select id from event_log) order by first_index limit 1) as b`,
      ),
  },
  "leaves have no position": {
    finds: "miscounted",
    tamper: (stage) =>
      unguarded(
        stage,
        (sql) => sql`delete from ledger_batch where first_index = (select max(first_index) from ledger_batch)`,
      ),
  },
  "a sealed leaf is changed": {
    finds: "unproven",
    tamper: (stage) =>
      unguarded(
        stage,
        (sql) =>
          sql`update ledger_batch set hashes = set_byte(hashes, 3, get_byte(hashes, 3) # 1) where first_index = 0`,
      ),
  },
};

/** Tampers in every way and answers what the checker did not notice, each as a sentence. */
export const runControls = async (stage: Stage): Promise<{ names: string[]; unnoticed: string[] }> => {
  const unnoticed: string[] = [];
  const possible = Object.entries(controls).filter(([, { needs }]) => needs?.(stage) ?? true);
  const stored = await stage.office.admin.sql<{ id: string }[]>`
    select id from event_log where leaf like '%"source":"user:%' order by id limit ${possible.length}`;
  let found = (await inspect(stage.office, stage.history)).findings;
  for (const [index, [name, { finds, tamper }]] of possible.entries()) {
    const before = found[finds].length;
    await tamper(stage, stored[index]!.id);
    found = (await inspect(stage.office, stage.history)).findings;
    if (found[finds].length <= before) unnoticed.push(`the checker did not notice: ${name}`);
  }
  return { names: possible.map(([name]) => name), unnoticed };
};
