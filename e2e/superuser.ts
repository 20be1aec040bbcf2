import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "@countersign/db/client";
import { inTransaction, type Transaction } from "@countersign/db/transaction";

/** Does what whoever owns the database's server can do, past every role and trigger. */
export const asSuperuser = async <Result>(
  dataDir: string,
  act: (tx: Transaction) => Promise<Result>,
): Promise<Result> => {
  const read = (name: string) => readFileSync(join(dataDir, "postgres", name), "utf8").trim();
  const url = `postgres://postgres:${read("password")}@127.0.0.1:${read("port")}/countersign`;
  const db = connect(url, { name: "superuser", max: 1 });
  try {
    return await inTransaction(db, async (tx) => {
      await tx.sql`set local session_replication_role = replica`;
      return act(tx);
    });
  } finally {
    await db.end(1);
  }
};
