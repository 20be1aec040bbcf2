import { checkUnsealed } from "@countersign/audit/ledger/check-row";
import type { Finding } from "@countersign/audit/ledger/findings";
import type { Transaction } from "./transaction.ts";

type Row = { id: string; pendingForS: number | null };

const rowsAtMost = 10_000;
const alarmS = 60;
const tries = 3;
const pauseMs = 1000;

/**
 * Rows that no batch has, from an id on, and for how long each has waited while nothing was sealed (null: it does not wait
 * to be). One statement sees a row, what waits and what was sealed as they stood at one moment.
 */
const rowsWithoutPosition = (tx: Transaction, fromId: string): Promise<Row[]> =>
  tx.sql<Row[]>`
    with waiting as materialized (
      select w.id, min(p.received_at) as since from ledger_pending p cross join unnest(p.ids) as w (id) group by w.id
    )
    select l.id, case when w.id is not null then extract(epoch from clock_timestamp() -
      greatest(w.since, (select max(sealed_at) from ledger_batch)))::float8 end as "pendingForS"
    from event_log l left join waiting w on w.id = l.id
    where l.id >= ${fromId} and not exists (
      select from (select unnest(ids) as id from ledger_batch where max_id >= ${fromId}) as sealed where sealed.id = l.id)
    order by l.id limit ${rowsAtMost}`;

/** Tells of rows that were never sealed, from an id on; those of an outage that is just ending are given a moment. */
export const reportUnsealed = async (
  tx: Transaction,
  fromId: string,
  { report, sleep }: { report: (finding: Finding) => void; sleep: (ms: number) => Promise<unknown> },
): Promise<void> => {
  let rows = await rowsWithoutPosition(tx, fromId);
  for (let n = 1; n < tries && rows.some(({ pendingForS }) => (pendingForS ?? 0) > alarmS); n++) {
    await sleep(pauseMs);
    rows = await rowsWithoutPosition(tx, fromId);
  }
  for (const { id, pendingForS } of rows) {
    const finding = checkUnsealed(id, pendingForS);
    if (finding !== null) report(finding);
  }
};
