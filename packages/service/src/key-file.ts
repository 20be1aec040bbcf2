import { generateKeyPairSync } from "node:crypto";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Signer } from "@countersign/audit/ledger/sign-note";
import { signatureType, verifierKey } from "@countersign/audit/ledger/vkey";
import { nodeCrypto, signerOf } from "./crypto.ts";

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

/** The signer behind a PKCS#8 file; null when there is no file. Throws when it is no Ed25519 key. */
export const readKeyFile = async (file: string, name: string): Promise<Signer | null> => {
  let pem: string;
  try {
    pem = await readFile(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  const { publicKey, sign } = signerOf(pem);
  return { key: verifierKey(name, signatureType.note, publicKey, nodeCrypto.sha256), sign };
};

/** Makes a new Ed25519 key that only its owner can read; leaves a file that stands. */
export const createKeyFile = async (file: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync("ed25519");
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(file, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    throw error;
  }
  try {
    await handle.writeFile(privateKey.export({ type: "pkcs8", format: "pem" }));
    await handle.sync();
  } finally {
    await handle.close();
  }
};
