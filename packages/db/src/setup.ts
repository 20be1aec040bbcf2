import type { Database } from "./client.ts";
import type { SettingKey } from "./system-settings.ts";
import type { Transaction } from "./transaction.ts";

/** True for the one transaction that may do this step of the set-up; a second one waits for it and gets false. */
export const claimSetupStep = async (tx: Transaction, name: string): Promise<boolean> =>
  (await tx.sql`insert into setup_steps (name) values (${name}) on conflict do nothing returning name`).length > 0;

export const hasUsers = async (db: Database): Promise<boolean> => (await db.sql`select from users limit 1`).length > 0;

export const findShippedRole = async (db: Database, shipped: string): Promise<number | undefined> =>
  (await db.sql<{ id: number }[]>`select id::int as id from roles where shipped = ${shipped}`)[0]?.id;

const ofTheFirst: readonly SettingKey[] = ["protected_users", "notification.recipients", "report.recipients"];

/** Protects the first administrator, who also gets alerts and reports. */
export const setUpPeople = async (tx: Transaction, adminId: number): Promise<void> => {
  for (const key of ofTheFirst) {
    await tx.sql`insert into system_config (key, value) values (${key}, ${JSON.stringify([adminId])})`;
  }
};
