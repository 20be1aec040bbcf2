import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { formatVkey } from "@countersign/audit/ledger/vkey";
import { createCrashPoint } from "@countersign/service/crash-point";
import { nodeCrypto } from "@countersign/service/crypto";
import { runUntilStopped } from "@countersign/service/lifecycle";
import { createLog } from "@countersign/service/log";
import { createWitness } from "./add-checkpoint.ts";
import { readEnv } from "./env.ts";
import { openIdentity } from "./identity.ts";
import { parseLogs } from "./logs.ts";
import { serveWitness, witnessApp } from "./server.ts";
import { openStateFile } from "./state-file.ts";

const start = async (): Promise<void> => {
  const env = readEnv();
  const instance = env.INSTANCE_ID ?? randomBytes(8).toString("hex");
  const log = createLog({ level: env.LOG_LEVEL, name: "witness", instance });
  const folder = join(env.DATA_DIR, "witness");
  const stateFile = env.WITNESS_STATE_FILE ?? join(folder, "state");
  const list = env.WITNESS_LOGS_FILE === undefined ? "" : await readFile(env.WITNESS_LOGS_FILE, "utf8");
  const logs = parseLogs(`${list}\n${(env.WITNESS_LOGS ?? "").replaceAll(",", "\n")}`, nodeCrypto.sha256);
  const state = openStateFile(stateFile);
  const keyFile = env.WITNESS_KEY_FILE ?? join(folder, "key.pem");
  const signer = await openIdentity(state, { keyFile, stateFile, name: env.WITNESS_NAME });

  const lifecycle = runUntilStopped({
    onError: (error, what) => log.fatal({ err: error }, what),
    stop: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2000).unref();
      });
    },
  });
  const addCheckpoint = createWitness({
    logs,
    state,
    signer,
    crypto: nodeCrypto,
    now: Date.now,
    crashPoint: createCrashPoint(env.CRASH_AT),
    onUnproven: (facts) => {
      if (facts.isFork) log.error(facts, "the log signed two trees of one size");
      else log.warn(facts, "a checkpoint was not proven to extend the one before");
    },
  });
  const app = witnessApp({
    addCheckpoint,
    isAble: async () => (await state.read()) !== null,
    instance,
    isDraining: lifecycle.isDraining,
    onError: (error) => log.error({ err: error }, "nothing could be signed"),
  });
  const server = await serveWitness(app, env.PORT, env.HOST);
  const { port } = server.address() as AddressInfo;
  const vkey = formatVkey(signer.key);
  if (logs.size === 0) log.warn("no log is known yet; name them in WITNESS_LOGS or WITNESS_LOGS_FILE");
  log.info({ port, vkey, logs: [...logs.keys()] }, "witnessing");
  process.stdout.write(`This witness's public key: ${vkey}\n`);
  lifecycle.ready({ port });
};

start().catch((error: unknown) => {
  process.stderr.write(`The witness could not start: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
});
