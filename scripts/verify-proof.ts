import { parseArgs } from "node:util";
import { logProofFaults, type Opening, parseLogProof, verifyLogProof } from "@countersign/audit/ledger/proof";
import { fromBase64 } from "@countersign/audit/utf8";
import { StartError } from "@countersign/db/embedded/start-error";
import { nodeCrypto } from "@countersign/service/crypto";
import { complain } from "./run/sentence.ts";
import { readGiven, readKeys } from "./verify/keys.ts";
import { originIn } from "./verify/origin.ts";
import { provenLines } from "./verify/proven.ts";

const usage = "npm run verify-proof -- FILE --vkey KEY… [--witness KEY]… [--details FILE]";

const readOptions = () => {
  const texts = { type: "string", multiple: true } as const;
  try {
    const { values, positionals } = parseArgs({
      options: { vkey: texts, witness: texts, details: { type: "string" } },
      allowPositionals: true,
    });
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) throw new Error("Name one file.");
    return { ...values, file };
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
};

/** A JSON object with the text `details` and the base64 `salt`, as the event's proof is answered. */
const readOpening = async (file: string): Promise<Opening> => {
  const text = new TextDecoder().decode(await readGiven(file));
  try {
    const { details, salt } = JSON.parse(text) as Record<string, unknown>;
    const bytes = typeof salt === "string" ? fromBase64(salt) : null;
    if (typeof details === "string" && bytes !== null) return { details, salt: bytes };
  } catch {
    // Told below, like any other content that is none.
  }
  throw new StartError(`${file} is no JSON object with the texts "details" and "salt".`);
};

// Checks one event with a file and a key, without server, database or network. Exit code 0: proven; 1: not; 2: nothing to check.
try {
  const options = readOptions();
  const keys = readKeys(options.vkey, options.witness);
  const [key] = keys?.log ?? [];
  if (keys === null || key === undefined)
    throw new StartError(`Give the log's public key with --vkey; a proof without it proves nothing.\n${usage}`);
  const file = await readGiven(options.file);
  const parsed = parseLogProof(file);
  if (!parsed.ok) throw new StartError(`${options.file}: ${logProofFaults.unreadable} (${parsed.reason})`);
  const opening = options.details === undefined ? undefined : await readOpening(options.details);
  const trust = { origin: originIn(parsed.value.note, key.name), keys: keys.log, witnesses: keys.witnesses };
  const verified = verifyLogProof(file, trust, nodeCrypto, opening);
  if (verified.ok) for (const line of provenLines(verified.value, keys)) console.log(line);
  else console.log(`NOT proven: ${logProofFaults[verified.reason]} (${verified.reason})`);
  process.exitCode = verified.ok ? 0 : 1;
} catch (error) {
  complain(error);
  process.exitCode = 2;
}
