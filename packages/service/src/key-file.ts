import { generateKeyPairSync } from "node:crypto";
import type { Signer } from "@countersign/audit/ledger/sign-note";
import { signatureType, verifierKey } from "@countersign/audit/ledger/vkey";
import { nodeCrypto, signerOf } from "./crypto.ts";
import { createFile, readTextOrNull } from "./durable-file.ts";

/** The signer behind a PKCS#8 file; null when there is no file. Throws when it is no Ed25519 key. */
export const readKeyFile = async (file: string, name: string): Promise<Signer | null> => {
  const pem = await readTextOrNull(file);
  if (pem === null) return null;
  const { publicKey, sign } = signerOf(pem);
  return { key: verifierKey(name, signatureType.note, publicKey, nodeCrypto.sha256), sign };
};

/** Makes a new Ed25519 key that only its owner can read; leaves a file that stands. */
export const createKeyFile = (file: string): Promise<void> =>
  createFile(file, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string);
