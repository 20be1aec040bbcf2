import { randomBytes } from "node:crypto";
import type { Signer } from "@countersign/audit/ledger/sign-note";
import { formatVkey, parseVkey, signatureType, verifierKey } from "@countersign/audit/ledger/vkey";
import { nodeCrypto } from "@countersign/service/crypto";
import { createKeyFile, readKeyFile } from "@countersign/service/key-file";
import type { StateFile } from "./state-file.ts";

export type IdentityOptions = { keyFile: string; stateFile: string; name: string | undefined };

const { sha256 } = nodeCrypto;

/** What signs cosignatures with the key of the file; null when there is no file. */
const readSigner = async (keyFile: string, name: string): Promise<Signer | null> => {
  const signer = await readKeyFile(keyFile, name);
  if (signer === null) return null;
  return { key: verifierKey(name, signatureType.cosignature, signer.key.publicKey, sha256), sign: signer.sign };
};

/**
 * The witness's own signer. Key and state are made together at the first start; afterwards one without the other is refused
 * with a sentence, since a witness that forgot what it cosigned must not sign.
 */
export const openIdentity = async (
  state: StateFile,
  { keyFile, stateFile, name }: IdentityOptions,
): Promise<Signer> => {
  const known = await state.read();
  if (known === null && (await readKeyFile(keyFile, "any")) !== null) {
    throw new Error(
      `The state file ${stateFile} is missing, and the key ${keyFile} stands: this witness would have forgotten what it cosigned. Put the file back, or begin as another witness with a new key.`,
    );
  }
  const vkey = known?.vkey ?? null;
  if (vkey === null) return beginAnew(state, keyFile, name);
  const key = parseVkey(vkey, sha256);
  if (key === null) throw new Error(`The state file ${stateFile} names no key.`);
  if (name !== undefined && name !== key.name) {
    throw new Error(`WITNESS_NAME is ${name}, but this witness began as ${key.name}; a name stays.`);
  }
  const signer = await readSigner(keyFile, key.name);
  if (signer === null) throw new Error(`The key ${keyFile} is missing; put it back.`);
  if (formatVkey(signer.key) !== vkey)
    throw new Error(`The key ${keyFile} is not the one of the state file ${stateFile}.`);
  return signer;
};

/** The empty state comes first, so that a start which was cut short is not taken for a loss. */
const beginAnew = async (state: StateFile, keyFile: string, given: string | undefined): Promise<Signer> => {
  const logs = new Map();
  await state.update((known) => ({ state: known === null ? { vkey: null, logs } : null, result: null }));
  await createKeyFile(keyFile);
  const name = given ?? `countersign.local/witness-${randomBytes(4).toString("hex")}`;
  const signer = await readSigner(keyFile, name);
  if (signer === null) throw new Error(`The key ${keyFile} vanished while it was made.`);
  return state.update((known) => {
    if (known?.vkey !== null) throw new Error("Another witness began at the same state file.");
    return { state: { vkey: formatVkey(signer.key), logs }, result: signer };
  });
};
