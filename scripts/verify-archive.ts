import { basename } from "node:path";
import { parseArgs } from "node:util";
import type { Finding } from "@countersign/audit/ledger/findings";
import { logProofFaults, parseLogProof, verifyLogProof } from "@countersign/audit/ledger/proof";
import { type ArchiveVerdict, readDropFacts, verifyArchive } from "@countersign/audit/ledger/verify-archive";
import { connect } from "@countersign/db/client";
import { StartError } from "@countersign/db/embedded/start-error";
import { type Keys, ledgerTrust } from "@countersign/db/ledger-trust";
import { isSchemaCurrent } from "@countersign/db/migrate";
import { inTransaction } from "@countersign/db/transaction";
import { detailsLines, leafLines, UnreadableArchive } from "@countersign/service/archive-lines";
import { nodeCrypto } from "@countersign/service/crypto";
import { checkArchive } from "../apps/worker/src/archive/check-archive.ts";
import { withDatabase } from "./run/database.ts";
import { complain } from "./run/sentence.ts";
import { archiveLines } from "./verify/archive-words.ts";
import { readGiven, readKeys } from "./verify/keys.ts";
import { originIn } from "./verify/origin.ts";

const usage =
  "npm run verify-archive -- LEAVES [DETAILS] [--vkey KEY]… [--witness KEY]… [--proof FILE]\n" +
  "LEAVES and DETAILS are the two files of a month in the archive. With --proof, the .tlog-proof of the event that tells of its\n" +
  "removal, nothing else is needed; without it the database of this installation is asked.";

const readOptions = () => {
  const texts = { type: "string", multiple: true } as const;
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { vkey: texts, witness: texts, proof: { type: "string" } },
    });
    const [leaves, details = null] = positionals;
    if (leaves === undefined || positionals.length > 2)
      throw new Error("Name the file of leaves, and that of details.");
    return { ...values, leaves, details };
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
};

type Checked = {
  verdict: ArchiveVerdict;
  findings: readonly Finding[];
  manifest: string;
  against: "proof" | "database";
};
type Files = { leaves: string; details: string | null };

const findingsKept = 100;

/** Against the proof of the manifest's event alone: no server, no database. Null when that proof does not hold. */
const checkByProof = async (files: Files, proofFile: string, keys: Keys | null): Promise<Checked | string> => {
  const [key] = keys?.log ?? [];
  if (keys === null || key === undefined) {
    throw new StartError(`Give the log's public key with --vkey; a proof without it proves nothing.\n${usage}`);
  }
  const file = await readGiven(proofFile);
  const parsed = parseLogProof(file);
  if (!parsed.ok) throw new StartError(`${proofFile}: ${logProofFaults.unreadable} (${parsed.reason})`);
  const trust = { origin: originIn(parsed.value.note, key.name), keys: keys.log, witnesses: keys.witnesses };
  const verified = verifyLogProof(file, trust, nodeCrypto);
  if (!verified.ok) return `NOT proven: ${logProofFaults[verified.reason]} (${verified.reason})`;
  const facts = readDropFacts(verified.value.leaf);
  if (facts === null)
    throw new StartError(`${proofFile} is the proof of another event; it must be of sys_retention_drop.`);
  const findings: Finding[] = [];
  const verdict = await verifyArchive({
    leaves: leafLines(files.leaves),
    details: files.details === null ? null : detailsLines(files.details),
    facts,
    sha256: nodeCrypto.sha256,
    onFinding: (finding) => {
      if (findings.length < findingsKept) findings.push(finding);
    },
  });
  return { verdict, findings, manifest: facts.partition, against: "proof" };
};

/** Against the database: each leaf at its place, and missing details against the erasures. */
const checkByDatabase = (files: Files, keys: Keys | null): Promise<Checked> => {
  const manifestId = /^([0-9a-f-]{36})\.leaves\.ndjson\.gz$/.exec(basename(files.leaves))?.[1];
  if (manifestId === undefined) {
    throw new StartError("The file of leaves has lost its name, which names its manifest; give --proof instead.");
  }
  return withDatabase(async (adminUrl) => {
    const db = connect(adminUrl, { name: "verify-archive", max: 2, statementTimeoutMs: 60_000 });
    try {
      if (!(await isSchemaCurrent(db)))
        throw new StartError("The database is not of this version; run npm run db:migrate.");
      return await inTransaction(db, async (tx) => {
        await tx.sql`set local idle_in_transaction_session_timeout = 0`;
        const { trustOf } = await ledgerTrust(tx, keys, nodeCrypto);
        const { verdict, findings, manifest } = await checkArchive(tx, manifestId, files, trustOf);
        return { verdict, findings, manifest: `${manifest.policy} ${manifest.month}`, against: "database" as const };
      });
    } finally {
      await db.end(2);
    }
  });
};

// Checks an archived month. Exit code 0: it is what was removed; 1: it is not; 2: it could not be looked at.
try {
  const { proof, vkey, witness, leaves, details } = readOptions();
  const keys = readKeys(vkey, witness);
  const checked = await (proof === undefined
    ? checkByDatabase({ leaves, details }, keys)
    : checkByProof({ leaves, details }, proof, keys));
  if (typeof checked === "string") console.log(checked);
  else
    for (const line of archiveLines({ ...checked, hasKey: keys !== null, hasDetails: details !== null }))
      console.log(line);
  process.exitCode = typeof checked !== "string" && checked.verdict.ok ? 0 : 1;
} catch (error) {
  if (error instanceof UnreadableArchive) console.error(error.message);
  else complain(error);
  process.exitCode = 2;
}
