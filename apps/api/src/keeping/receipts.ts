import { type Receipt as SignedReceipt, signReceipt } from "@countersign/audit/ledger/receipt";
import { formatVkey } from "@countersign/audit/ledger/vkey";
import type { Receipt } from "@countersign/audit/recorder";
import { fromBase64 } from "@countersign/audit/utf8";
import type { Database } from "@countersign/db/client";
import { addLedgerKey, logName } from "@countersign/db/sealing";
import { nodeCrypto } from "@countersign/service/crypto";
import { createKeyFile, readKeyFile } from "@countersign/service/key-file";

export type { SignedReceipt };

/** Signs what recording answers: one signature an answer, the same bytes for the same items. Null for nothing kept. */
export type Receipts = (kept: readonly Receipt[]) => SignedReceipt | null;

/** The receipts of this API under its own key, made at its first start; its public half stands with the log's keys. */
export const openReceipts = async (db: Database, keyFile: string, at: string): Promise<Receipts> => {
  const origin = await logName(db);
  await createKeyFile(keyFile);
  const signer = await readKeyFile(keyFile, `${origin}/receipts`);
  if (signer === null) throw new Error(`the receipt key ${keyFile} vanished while it was made`);
  await addLedgerKey(db, { vkey: formatVkey(signer.key), kind: "receipt", at });
  return (kept) => {
    if (kept.length === 0) return null;
    const items = kept.map(({ id, receivedAt, leafHash }) => ({
      id,
      receivedAt,
      leafHash: fromBase64(leafHash) ?? new Uint8Array(),
    }));
    return signReceipt(origin, items, signer, nodeCrypto.sha256);
  };
};
