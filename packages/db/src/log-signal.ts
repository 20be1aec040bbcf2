import type { Database } from "./client.ts";
import type { Transaction } from "./transaction.ts";

const channel = "countersign_log";

/** Tells whoever listens, once this transaction is committed, that the log has grown or was signed. Says nothing else. */
export const signalLog = (tx: Transaction): void => tx.defer(tx.sql`select pg_notify(${channel}, '')`);

/**
 * Calls back at each signal, and each time the connection stands again, since what was told meanwhile is lost. It is one
 * connection more than the pool has, which is opened again by itself and ends with the pool.
 */
export const onLogSignal = async (db: Database, tell: () => void): Promise<void> => {
  await db.sql.listen(channel, tell, tell);
};
