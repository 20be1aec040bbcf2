import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import type { Signer } from "@countersign/audit/ledger/sign-note";
import { formatVkey, parseVkey, type VerifierKey, verifierKey } from "@countersign/audit/ledger/vkey";
import { listLedgerKeys } from "@countersign/db/sealing";
import { nodeCrypto, signerOf } from "@countersign/service/crypto";
import type { Deps } from "../deps.ts";
import { sealLog } from "../jobs/seal-log.ts";
import { parseWitnesses, type Witness } from "../sealing/witness-list.ts";
import { openSignedLog } from "./signed-log.ts";

const never = (what: string): never => {
  throw new Error(what);
};

export type WitnessedLog = Awaited<ReturnType<typeof createWitnessedLog>>;

/** A signed log that is to be shown to witnesses. */
export const createWitnessedLog = async () => {
  const log = await openSignedLog(Date.now());
  const { database, keyFile, anchorFile, keep, store, pass, end } = log;
  const lines: unknown[][] = [];
  const say = (...line: unknown[]) => lines.push(line);
  const deps: Deps = { ...log.deps, log: { error: say, warn: say, info: say } as never };
  let { seal } = log;
  return {
    database,
    deps,
    keyFile,
    anchorFile,
    folder: dirname(anchorFile),
    store,
    pass,
    end,
    said: () => JSON.stringify(lines),
    key: async (): Promise<VerifierKey> => {
      const key = (await listLedgerKeys(database.api)).find(({ kind }) => kind === "log");
      return parseVkey(key?.vkey ?? "", nodeCrypto.sha256) ?? never("the log has no key");
    },
    /** As another worker would begin. */
    reopen: async (): Promise<void> => {
      const run = await sealLog(deps, { keyFile, anchorFile });
      seal = () => {
        pass(1000);
        return run(new AbortController().signal);
      };
    },
    /** So many events more are kept, stored, sealed and signed. */
    grow: async (count: number): Promise<void> => {
      await keep(count);
      await store();
      pass(1);
      await seal();
    },
    note: async (size: number): Promise<string> =>
      String((await database.admin.sql`select note from ledger_checkpoint where size = ${size}`)[0]?.note),
    cosignatures: async () => [
      ...(await database.admin.sql<{ size: number; witness: string; line: string }[]>`
        select size::int as size, witness, line from ledger_cosignature order by size, witness`),
    ],
    /** How often the log told that it is older than what was signed. */
    alarms: async (): Promise<number> =>
      (await database.admin.sql`select from event_log where code = 'sys_log_rolled_back'`).length,
  };
};

/** A server that says it is a witness, and the key it may sign with. */
export const startImpostor = async (
  listener: RequestListener,
): Promise<{ signer: Signer; witness: Witness; server: Server }> => {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  const { publicKey, sign } = signerOf(pem);
  const key = verifierKey("impostor.example", 4, publicKey, nodeCrypto.sha256);
  const { port } = server.address() as AddressInfo;
  const [witness] = parseWitnesses(`http://127.0.0.1:${port}/ ${formatVkey(key)}`, nodeCrypto.sha256);
  return { signer: { key, sign }, witness: witness ?? never("no witness"), server };
};
