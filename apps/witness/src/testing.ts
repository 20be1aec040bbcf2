import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatCheckpoint, signCheckpoint } from "@countersign/audit/ledger/checkpoint";
import type { Hash } from "@countersign/audit/ledger/merkle";
import { rootOf } from "@countersign/audit/ledger/merkle";
import { consistencyProof } from "@countersign/audit/ledger/proof-nodes";
import type { Signer } from "@countersign/audit/ledger/sign-note";
import { formatVkey, verifierKey } from "@countersign/audit/ledger/vkey";
import { formatAddCheckpoint } from "@countersign/audit/ledger/witness-request";
import { levelsOf, sourceOf } from "@countersign/audit/testing/tree";
import { nodeCrypto, signerOf } from "@countersign/service/crypto";
import { createWitness, type WitnessDeps } from "./add-checkpoint.ts";
import { openIdentity } from "./identity.ts";
import { parseLogs } from "./logs.ts";
import { witnessApp } from "./server.ts";
import { openStateFile } from "./state-file.ts";

const { sha256 } = nodeCrypto;

const newSigner = (name: string): Signer => {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  const { publicKey, sign } = signerOf(pem);
  return { key: verifierKey(name, 1, publicKey, sha256), sign };
};

export type TestLog = ReturnType<typeof createTestLog>;

/** A log of made-up leaves, which differ from those of its twin from leaf `forkAt` on. */
export const createTestLog = (
  origin: string,
  signer: Signer = newSigner(origin),
  forkAt = Number.POSITIVE_INFINITY,
) => {
  const leaf = (index: number): Hash => sha256(Buffer.from(`${origin} ${index}${index >= forkAt ? " forked" : ""}`));
  const leaves = (size: number): Hash[] => Array.from({ length: size }, (_, index) => leaf(index));
  const root = (size: number): Hash => rootOf(leaves(size), sha256);
  const note = (size: number): string => signCheckpoint({ origin, size, root: root(size) }, [signer]);
  const proof = (from: number, to: number): Hash[] =>
    from === 0 ? [] : consistencyProof(from, to, sourceOf(levelsOf(leaves(to))), sha256);
  return {
    origin,
    signer,
    vkey: formatVkey(signer.key),
    root,
    note,
    proof,
    text: (size: number): string => formatCheckpoint({ origin, size, root: root(size) }),
    /** The body of add-checkpoint. */
    request: (from: number, to: number): string =>
      formatAddCheckpoint({ oldSize: from, proof: proof(from, to), note: note(to) }),
    forkAfter: (size: number) => createTestLog(origin, signer, size),
  };
};

/** A witness in a folder of its own, spoken to without a socket. */
export const createTestWitness = async (list: string, changed: Partial<WitnessDeps> = {}) => {
  const folder = await mkdtemp(join(tmpdir(), "countersign-witness-"));
  const stateFile = join(folder, "witness", "state");
  const keyFile = join(folder, "witness", "key.pem");
  const unproven: { isFork: boolean }[] = [];
  const open = async (name = "witness.example/w1") => {
    const state = openStateFile(stateFile);
    const signer = await openIdentity(state, { keyFile, stateFile, name });
    const addCheckpoint = createWitness({
      logs: parseLogs(list, sha256),
      state,
      signer,
      crypto: nodeCrypto,
      now: Date.now,
      crashPoint: () => undefined,
      onUnproven: (facts) => unproven.push(facts),
      ...changed,
    });
    const app = witnessApp({
      addCheckpoint,
      isAble: async () => (await state.read()) !== null,
      instance: "w",
      isDraining: () => false,
      onError: () => undefined,
    });
    return {
      key: signer.key,
      vkey: formatVkey(signer.key),
      app,
      post: async (body: string | Uint8Array) => {
        const answer = await app.request("/add-checkpoint", {
          method: "POST",
          body: typeof body === "string" ? body : Buffer.from(body),
        });
        return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
      },
    };
  };
  return { folder, stateFile, keyFile, unproven, open, remove: () => rm(folder, { recursive: true, force: true }) };
};
