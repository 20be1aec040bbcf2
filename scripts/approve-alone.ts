import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { connect } from "@countersign/db/client";
import { StartError } from "@countersign/db/embedded/start-error";
import { migrate } from "@countersign/db/migrate";
import { createLog } from "@countersign/service/log";
import { approveAlone } from "../apps/api/src/approvals/alone.ts";
import { servicesOfCommand } from "../apps/api/src/command-services.ts";
import { waitingAct } from "../apps/api/src/router.ts";
import { withDatabase } from "./run/database.ts";
import { complain } from "./run/sentence.ts";
import { readSettings } from "./start/settings.ts";

const usage = 'Say which and why: npm run approve-alone -- <request> --reason "<why>"';

// The way out for an office with nobody left who can decide: does what was asked for, and the log tells everybody.
try {
  const { values, positionals } = parseArgs({ options: { reason: { type: "string" } }, allowPositionals: true });
  const [request = ""] = positionals;
  const reason = values.reason?.trim();
  if (!/^#?[1-9]\d{0,9}$/.test(request) || positionals.length > 1 || !reason) throw new StartError(usage);
  const { dataDir } = readSettings();
  const done = await withDatabase(async (adminUrl) => {
    await migrate(adminUrl);
    const db = connect(adminUrl, { name: "approve-alone", max: 4 });
    const log = createLog({ level: "warn", name: "approve-alone", instance: randomBytes(8).toString("hex") });
    const { services, stop } = await servicesOfCommand(
      { ...process.env, DATABASE_URL: adminUrl, DATA_DIR: dataDir },
      db,
      log,
    );
    try {
      return await approveAlone(services, waitingAct, Number(request.replace("#", "")), reason);
    } finally {
      stop();
      await db.end(2);
    }
  });
  console.log(`Request #${done.id} of ${done.requester.name} is done, without a second person. The log says so.`);
} catch (error) {
  complain(error);
  process.exitCode = 1;
}
