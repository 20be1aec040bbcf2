import type { Sha256 } from "@countersign/audit/json";
import { parseVkey, signatureType, type VerifierKey } from "@countersign/audit/ledger/vkey";

/** The keys that may sign for each origin. */
export type Logs = ReadonlyMap<string, readonly VerifierKey[]>;

/**
 * Reads the list of trusted logs: `vkey` or `vkey origin` a line, `#` begins a comment. Several lines with one origin are
 * several keys of that log. Throws a sentence that names the line.
 */
export const parseLogs = (list: string, sha256: Sha256): Logs => {
  const logs = new Map<string, VerifierKey[]>();
  for (const [index, raw] of list.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [vkey = "", ...rest] = line.split(" ");
    const key = parseVkey(vkey, sha256);
    if (key?.type !== signatureType.note) {
      throw new Error(`Line ${index + 1} of the list of logs does not begin with the public key of a log: ${vkey}`);
    }
    const origin = rest.join(" ").trim() || key.name;
    logs.set(origin, [...(logs.get(origin) ?? []), key]);
  }
  return logs;
};
