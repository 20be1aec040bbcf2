import { closeSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { connect } from "@countersign/db/client";
import { StartError } from "@countersign/db/embedded/start-error";
import { isSchemaCurrent } from "@countersign/db/migrate";
import { runVerification } from "@countersign/db/run-verification";
import { logName } from "@countersign/db/sealing";
import type { LogFinding, VerificationReport } from "@countersign/db/verification-records";
import { nodeCrypto } from "@countersign/service/crypto";
import { withDatabase } from "./run/database.ts";
import { complain } from "./run/sentence.ts";
import { anchorReader } from "./verify/anchors.ts";
import { readKeys } from "./verify/keys.ts";
import { progressLine, resultLines } from "./verify/words.ts";

const usage = "npm run verify [-- --full | --since-last] [--vkey KEY]… [--witness KEY]… [--anchor FILE]… [--json FILE]";

const readOptions = () => {
  const texts = { type: "string", multiple: true } as const;
  const flag = { type: "boolean" } as const;
  const options = {
    full: flag,
    "since-last": flag,
    vkey: texts,
    witness: texts,
    anchor: texts,
    json: { type: "string" },
  } as const;
  try {
    const { values } = parseArgs({ options });
    if (values.full && values["since-last"]) throw new Error("--full and --since-last exclude each other.");
    return values;
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
};

type Out = { finding: (finding: LogFinding) => void; end: (report: VerificationReport, name: string) => void };

/** Writes each finding as it comes: there may be as many as events. */
const openJson = (file: string): Out => {
  let fd: number;
  try {
    fd = openSync(file, "w");
  } catch (error) {
    throw new StartError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`);
  }
  let separator = '{"findings":[';
  return {
    finding: (finding) => {
      writeSync(fd, `${separator}\n${JSON.stringify(finding)}`);
      separator = ",";
    },
    end: ({ findings: _first, ...report }, log) => {
      if (separator !== ",") writeSync(fd, separator);
      writeSync(fd, `\n],\n"log":${JSON.stringify(log)},\n"report":${JSON.stringify(report)}}\n`);
      closeSync(fd);
    },
  };
};

// Verifies the log. Exit code 0: intact; 1: not; 2: it could not be looked at.
try {
  const options = readOptions();
  const keys = readKeys(options.vkey, options.witness);
  const readAnchors = anchorReader(options.anchor);
  const json = options.json === undefined ? undefined : openJson(options.json);
  const isTerminal = process.stderr.isTTY === true;
  const since = performance.now();
  const seconds = (): number => (performance.now() - since) / 1000;
  const first: LogFinding[] = [];
  const { ok, lines } = await withDatabase(async (adminUrl) => {
    const db = connect(adminUrl, { name: "verify", max: 3, statementTimeoutMs: 60_000 });
    try {
      if (!(await isSchemaCurrent(db)))
        throw new StartError("The database is not of this version; run npm run db:migrate.");
      const run = await runVerification(db, {
        crypto: nodeCrypto,
        keys,
        readAnchors,
        full: !options["since-last"],
        startedBy: "cli",
        now: Date.now,
        sleep,
        onFinding: (finding) => {
          if (first.length < 100) first.push(finding);
          json?.finding(finding);
        },
        onProgress: (done, total) => {
          if (isTerminal) process.stderr.write(`\r${progressLine(done, total, seconds())}\u001b[K`);
        },
      });
      if (isTerminal) process.stderr.write("\r\u001b[K");
      if (run === null) throw new StartError("Another verification is at it.");
      const name = keys?.log[0]?.name ?? (await logName(db));
      json?.end(run.report, name);
      return { ok: run.report.ok, lines: resultLines(run.report, first, { name, seconds: seconds() }) };
    } finally {
      await db.end(2);
    }
  });
  for (const line of lines) console.log(line);
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  complain(error);
  process.exitCode = 2;
}
