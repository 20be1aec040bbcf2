import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createRecorder } from "@countersign/audit/recorder";
import { monotonicIds } from "@countersign/audit/uuid7";
import { insertArchiveTask } from "@countersign/db/archives";
import { connect, type Database } from "@countersign/db/client";
import { StartError } from "@countersign/db/embedded/start-error";
import { settingsFromTable } from "@countersign/db/event-type-settings";
import { failureCode } from "@countersign/db/failures";
import { isSchemaCurrent } from "@countersign/db/migrate";
import { nodeCrypto } from "@countersign/service/crypto";
import { createLog } from "@countersign/service/log";
import { archiveTasksJob } from "../apps/worker/src/jobs/archive-tasks.ts";
import { withDatabase } from "./run/database.ts";
import { complain } from "./run/sentence.ts";
import { readSettings } from "./start/settings.ts";

const usage =
  "npm run restore-archive -- MANIFEST --reason WHY [--remove]\nMANIFEST is the id in the names of both files.";

type Options = { manifestId: string; reason: string; remove: boolean };

const readOptions = (): Options => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { remove: { type: "boolean" }, reason: { type: "string" } },
    });
    const reason = values.reason?.trim() ?? "";
    const [manifestId = ""] = positionals;
    if (positionals.length !== 1 || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(manifestId)) {
      throw new Error("Name one manifest.");
    }
    if (reason === "") throw new Error("Say why; it stands in the log.");
    return { manifestId, reason, remove: values.remove === true };
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
};

const refusals: Record<string, string> = {
  "23503": "There is no such manifest in this database.",
  "23505": "A worker is at this archive; try again in a moment.",
};

const work = async (db: Database, { manifestId, reason, remove }: Options, folder: string): Promise<string | null> => {
  const nextId = monotonicIds(Date.now, randomBytes);
  const kind = remove ? "unload" : "load";
  const task = {
    id: nextId(),
    manifestId,
    kind,
    requestedAt: new Date().toISOString(),
    requestedBy: "cli",
    reason,
  } as const;
  await insertArchiveTask(db, task).catch((error: unknown) => {
    const sentence = refusals[failureCode(error)];
    throw sentence === undefined ? error : new StartError(sentence);
  });
  const settingsOf = await settingsFromTable(db);
  const { sha256 } = nodeCrypto;
  const recorder = createRecorder({ now: Date.now, nextId, randomBytes, sha256, settingsOf });
  const log = createLog({ level: "warn", name: "restore-archive", instance: "cli" });
  const deps = { db, recorder, now: Date.now, nextId, publish: () => undefined, log, crashPoint: () => undefined };
  await archiveTasksJob(deps, folder)(new AbortController().signal);
  const [row] = await db.sql<{ ok: boolean | null; report: Record<string, unknown> | null }[]>`
    select ok, report from archive_task where id = ${task.id}`;
  if (row?.ok == null)
    return "Asked for. Retention or an erasure is at work; a worker does it as soon as that is over.";
  if (!row.ok) return null;
  return remove
    ? `${row.report?.unloaded} events were taken out of the log again. The archive stays.`
    : `${row.report?.loaded} events stand in the log again, marked as restored: under no period and in no count. Take them out with --remove, again with a reason.`;
};

// Loads an archived month back into the log to be read, or takes it out again. Exit code 0: done; 1: the archive does not verify; 2: not tried.
try {
  const options = readOptions();
  const folder = join(readSettings().dataDir, "archive");
  const said = await withDatabase(async (adminUrl) => {
    const db = connect(adminUrl, { name: "restore-archive", max: 3, statementTimeoutMs: 900_000 });
    try {
      if (!(await isSchemaCurrent(db)))
        throw new StartError("The database is not of this version; run npm run db:migrate.");
      return await work(db, options, folder);
    } finally {
      await db.end(2);
    }
  });
  console.log(
    said ??
      "Nothing was loaded: the archive is not what its manifest says. npm run verify-archive names what is wrong.",
  );
  process.exitCode = said === null ? 1 : 0;
} catch (error) {
  complain(error);
  process.exitCode = 2;
}
