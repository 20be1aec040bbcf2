import { setTimeout as sleep } from "node:timers/promises";
import { testRecorder } from "@countersign/audit/testing/recorder";
import type { Sql } from "@countersign/db/client";
import { keepEnvelope } from "@countersign/db/outbox";
import { verifyWhole } from "./ledger-check.ts";
import { until } from "./part.ts";
import type { Office } from "./processes.ts";

const limitMs = 300_000;
const envelope = 100;

/** The tenth of each of `count` months whose period under `read`, a year, is over; oldest first, as ids only grow. */
const agedDays = (count: number): number[] => {
  const today = new Date();
  return Array.from({ length: count }, (_, nth) =>
    Date.UTC(today.getUTCFullYear() - 2, today.getUTCMonth() - count + nth, 10, 12),
  );
};

/** Keeps events of months that are due, as if they had come in then, and waits until the office has stored and sealed them. */
const keepAged = async ({ admin }: Office, months: number, perMonth: number): Promise<string[]> => {
  let time = 0;
  const { recorder, nextId } = testRecorder("read", () => time);
  const ids: string[] = [];
  for (const day of agedDays(months)) {
    await admin.sql`select ensure_partition('read', ${new Date(day).toISOString()}::timestamptz)`;
    for (let kept = 0; kept < perMonth; kept += envelope) {
      const events = Array.from({ length: envelope }, (_, nth) => {
        time = day + (kept + nth) * 1000;
        const told = { code: "permit_read", status: "success", source: "app" } as const;
        const event = recorder.seal({
          ...told,
          actor: { type: "user", id: "1" },
          object: { type: "permit", id: String(nth) },
        });
        if (event === null) throw new Error("an aged event was not sealed");
        ids.push(event.id);
        return event;
      });
      await keepEnvelope(admin, nextId(), events);
    }
  }
  await until("what is aged is sealed", () => areSealed(admin.sql, ids), limitMs);
  return ids;
};

const areSealed = async (sql: Sql, ids: readonly string[]): Promise<boolean> => {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from ledger_batch, unnest(ids) as id where id = any(${`{${ids.join(",")}}`}::text::uuid[])`;
  return row?.count === ids.length;
};

const monthsLeft = async (sql: Sql): Promise<number> =>
  (
    await sql`select from pg_class where relname ~ '^event_log_read_\\d{4}_\\d{2}$' and right(relname, 7) < to_char(now() - interval '20 months', 'YYYY_MM')`
  ).length;

const isRunOpen = async (sql: Sql): Promise<boolean> =>
  (await sql`select from retention_run where ended_at is null`).length > 0;

/**
 * Lets retention remove so many months while `hurt` is done to the office, with runs asked for until none is left: what is left
 * of a broken one is for the next. The log is verified before, as retention demands, and after; a false alarm throws.
 */
export const removeAged = async (
  office: Office,
  size: { months: number; perMonth: number },
  hurt: () => Promise<unknown>,
): Promise<{ runs: number; leaves: number }> => {
  const { sql } = office.admin;
  await keepAged(office, size.months, size.perMonth);
  await verifyWhole(office);
  let runs = 0;
  const isOver = async (): Promise<boolean> => {
    if (await isRunOpen(sql)) {
      await hurt();
      return false;
    }
    if ((await monthsLeft(sql)) === 0) return true;
    runs += 1;
    await sql`insert into retention_run (state, started_by, started_at) values ('asked', 'user:1', now()) on conflict do nothing`;
    await sleep(200);
    return false;
  };
  await until("every month that was due is gone", isOver, limitMs);
  return { runs, leaves: await verifyWhole(office) };
};
