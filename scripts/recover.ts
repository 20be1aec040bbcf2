import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { connect } from "@countersign/db/client";
import { StartError } from "@countersign/db/embedded/start-error";
import { migrate } from "@countersign/db/migrate";
import { recoverLog } from "@countersign/db/recover";
import { currentEpoch } from "@countersign/db/sealing";
import { nodeCrypto } from "@countersign/service/crypto";
import { withDatabase } from "./run/database.ts";
import { complain } from "./run/sentence.ts";
import { readSettings } from "./start/settings.ts";

const usage = 'Say why: npm run recover -- --reason "<why>"';

// Lets a log be signed again whose database is older than what was signed: it goes on in a new epoch.
try {
  const { values } = parseArgs({ options: { reason: { type: "string" } } });
  const reason = values.reason?.trim();
  if (!reason) throw new StartError(usage);
  const first = process.env.LEDGER_ANCHOR_FILE || join(readSettings().dataDir, "ledger", "anchor");
  const { epoch, lost, moved } = await withDatabase(async (adminUrl) => {
    await migrate(adminUrl);
    const db = connect(adminUrl, { name: "recover", max: 2, statementTimeoutMs: 60_000 });
    try {
      const now = await currentEpoch(db);
      const file = now === 1 ? first : `${first}.e${now}`;
      const note = await readFile(file, "utf8").catch(() => {
        throw new StartError(`There is no anchor at ${file}; set LEDGER_ANCHOR_FILE to where it is.`);
      });
      return await recoverLog(db, note, reason, nodeCrypto);
    } finally {
      await db.end(2);
    }
  });
  console.log(
    `The log goes on in epoch ${epoch}. Leaves ${lost.from} to ${lost.to - 1} of the epoch before were signed and are not in this database; ` +
      `${moved} event${moved === 1 ? "" : "s"} without a checkpoint moved to the new one. Keep the old anchor: it is the evidence.`,
  );
} catch (error) {
  complain(error);
  process.exitCode = 1;
}
