import type { Crypto } from "@countersign/audit/ledger/ed25519";
import { parseVkey, type VerifierKey } from "@countersign/audit/ledger/vkey";
import type { Database } from "./client.ts";
import type { TrustOf } from "./proven-leaf.ts";
import { listLedgerKeys, logName } from "./sealing.ts";

/** The log's keys, which carry its name, and the witnesses that are believed. */
export type Keys = { log: readonly VerifierKey[]; witnesses: readonly VerifierKey[] };

/** Keys as the database names them; null while the log has none. */
const storedKeys = async (db: Database, { sha256 }: Crypto): Promise<Keys | null> => {
  const keys = await listLedgerKeys(db);
  const of = (wanted: string) =>
    keys.filter(({ kind }) => kind === wanted).flatMap(({ vkey }) => parseVkey(vkey, sha256) ?? []);
  return keys.length === 0 ? null : { log: of("log"), witnesses: of("witness") };
};

/** The name of the log and whom to believe about each of its epochs: the keys that were given from outside, else the database's own. */
export const ledgerTrust = async (
  db: Database,
  given: Keys | null,
  crypto: Crypto,
): Promise<{ name: string; trustOf: TrustOf }> => {
  const keys = given ?? (await storedKeys(db, crypto));
  const name = given?.log[0]?.name ?? (await logName(db));
  const originOf = (epoch: number): string => (epoch === 1 ? name : `${name}/e${epoch}`);
  return {
    name,
    trustOf: (epoch) => keys && { origin: originOf(epoch), keys: keys.log, witnesses: keys.witnesses },
  };
};
