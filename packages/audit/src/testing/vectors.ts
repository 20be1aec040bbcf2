import { readFileSync } from "node:fs";

const read = <Content>(name: string): Content =>
  JSON.parse(readFileSync(new URL(`./vectors/${name}.json`, import.meta.url), "utf8")) as Content;

type SignedNote = {
  name: string;
  verify: boolean;
  vkey?: string;
  keyName: string;
  keyId: string;
  publicKey?: string;
  text: string;
  note: string;
};
type PublicCheckpoint = {
  name: string;
  verify: boolean;
  vkey?: string;
  origin: string;
  size: number;
  rootBase64: string;
  keyId: string;
  note: string;
};
type Line = { line: string; name: string; keyId: string; bytes: number };

/** Signed notes of C2SP and real heads of sum.golang.org. */
export const noteVectors = read<{
  signedNotes: SignedNote[];
  checkpoints: PublicCheckpoint[];
  cosignature: Line & { timestamp: number; signatureBytes: string; signedMessage: string; note: string };
  addCheckpoint: { oldSize: number; newSize: number; proofBase64: string[]; body: string; responseLines: Line[] };
}>("notes");

/** RFC 8032 §7.1, all hex. */
export const ed25519Vectors = read<{
  cases: { name: string; secretSeed: string; publicKey: string; message: string; signature: string }[];
}>("ed25519").cases;
