import type { Signer } from "@countersign/audit/ledger/sign-note";
import { formatVkey } from "@countersign/audit/ledger/vkey";
import type { Database } from "@countersign/db/client";
import { addLedgerKey, currentEpoch, listLedgerKeys, lockKeys, logName } from "@countersign/db/sealing";
import { inTransaction } from "@countersign/db/transaction";
import { createKeyFile, readKeyFile } from "@countersign/service/key-file";

export type LedgerOptions = { keyFile: string; anchorFile: string };

export type Ledger = {
  /** The log's name, which its keys carry. */
  name: string;
  epoch: number;
  /** Name in the checkpoints of this epoch. */
  origin: string;
  anchorFile: string;
  /** Null while the key file is missing, or holds a key that is not the log's. */
  readSigner: () => Promise<Signer | null>;
};

/** Makes the key of a log that has none; any number of workers may begin at once. */
const makeFirstKey = (db: Database, name: string, keyFile: string, at: string): Promise<void> =>
  inTransaction(db, async (tx) => {
    await lockKeys(tx);
    if ((await listLedgerKeys(tx)).some(({ kind }) => kind === "log")) return;
    await createKeyFile(keyFile);
    const signer = await readKeyFile(keyFile, name);
    if (signer === null) throw new Error(`the log's key ${keyFile} vanished while it was made`);
    await addLedgerKey(tx, { vkey: formatVkey(signer.key), kind: "log", at });
  });

/** Where the newest note of an epoch is kept. */
export const anchorFileOf = (file: string, epoch: number): string => (epoch === 1 ? file : `${file}.e${epoch}`);

/** Where this log stands, with its key if this machine has it. */
export const openLedger = async (db: Database, options: LedgerOptions, at: string): Promise<Ledger> => {
  const name = await logName(db);
  await makeFirstKey(db, name, options.keyFile, at);
  const epoch = await currentEpoch(db);
  const suffix = epoch === 1 ? "" : `/e${epoch}`;
  return {
    name,
    epoch,
    origin: name + suffix,
    anchorFile: anchorFileOf(options.anchorFile, epoch),
    readSigner: async () => {
      const signer = await readKeyFile(options.keyFile, name);
      if (signer === null) return null;
      const vkey = formatVkey(signer.key);
      const isOurs = (await listLedgerKeys(db)).some(
        (key) => key.vkey === vkey && key.kind === "log" && key.retiredAt === null,
      );
      return isOurs ? signer : null;
    },
  };
};
