import type { Sha256 } from "@countersign/audit/json";
import { formatVkey, parseVkey, signatureType, type VerifierKey } from "@countersign/audit/ledger/vkey";

export type Witness = { url: URL; key: VerifierKey; vkey: string };

/** A note holds 16 signatures; half of them are left to the log's own keys. */
const maxWitnesses = 8;

/** Reads `url vkey` on lines or between commas; the URL is the one below which `add-checkpoint` lies. Throws a sentence. */
export const parseWitnesses = (list: string, sha256: Sha256): Witness[] => {
  const entries = list.split(/[\n,]/).map((entry) => entry.trim());
  const witnesses = entries.filter((entry) => entry !== "").map((entry) => parseWitness(entry, sha256));
  if (witnesses.length > maxWitnesses) throw new Error(`LEDGER_WITNESSES names more than ${maxWitnesses} witnesses.`);
  if (new Set(witnesses.map(({ vkey }) => vkey)).size < witnesses.length) {
    throw new Error("LEDGER_WITNESSES names a witness twice.");
  }
  return witnesses;
};

const parseWitness = (entry: string, sha256: Sha256): Witness => {
  const [address = "", vkey = "", ...more] = entry.split(/\s+/);
  const key = parseVkey(vkey, sha256);
  const prefix = address.endsWith("/") ? address : `${address}/`;
  const url = URL.canParse(prefix) ? new URL("add-checkpoint", prefix) : null;
  if (
    more.length > 0 ||
    key?.type !== signatureType.cosignature ||
    !/^https?:$/.test(url?.protocol ?? "") ||
    url === null
  ) {
    throw new Error(`LEDGER_WITNESSES wants the URL of a witness and its vkey of type 4, not: ${entry}`);
  }
  return { url, key, vkey: formatVkey(key) };
};
