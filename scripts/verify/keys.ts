import { readFile } from "node:fs/promises";
import { parseVkey, signatureType, type VerifierKey } from "@countersign/audit/ledger/vkey";
import { StartError } from "@countersign/db/embedded/start-error";
import type { Keys } from "@countersign/db/ledger-trust";
import { nodeCrypto } from "@countersign/service/crypto";

const readKey = (option: "--vkey" | "--witness", text: string): VerifierKey => {
  const key = parseVkey(text.trim(), nodeCrypto.sha256);
  if (key === null) {
    throw new StartError(
      `${option} "${text}" is no public key; it is one line such as permits.example.org/log+1a2b3c4d+AQ…`,
    );
  }
  const isWitness = key.type === signatureType.cosignature;
  if (isWitness !== (option === "--witness")) {
    throw new StartError(
      `"${text}" is the key of a ${isWitness ? "witness" : "log"}; give it as ${isWitness ? "--witness" : "--vkey"}.`,
    );
  }
  return key;
};

/** The keys of a command line; null when none of the log was given. Throws `StartError`. */
export const readKeys = (vkeys: readonly string[] = [], witnesses: readonly string[] = []): Keys | null => {
  const log = vkeys.map((text) => readKey("--vkey", text));
  const trusted = witnesses.map((text) => readKey("--witness", text));
  if (new Set(log.map(({ name }) => name)).size > 1) throw new StartError("The keys of --vkey are of different logs.");
  if (log.length === 0 && trusted.length > 0)
    throw new StartError("A witness vouches for no log; give its key with --vkey.");
  return log.length === 0 ? null : { log, witnesses: trusted };
};

/** The bytes of a file that was named. Throws `StartError`. */
export const readGiven = async (file: string): Promise<Uint8Array> => {
  try {
    return await readFile(file);
  } catch (error) {
    throw new StartError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"}).`);
  }
};
