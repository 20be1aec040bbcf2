import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { StartError } from "@countersign/db/embedded/start-error";
import { root } from "../run/step.ts";

/** What `npm start` itself reads, from the environment or a `.env` file beside package.json; the environment wins. */
export type Settings = {
  port: number;
  dataDir: string;
  /** A PostgreSQL of one's own; else one is run in `dataDir`. */
  databaseUrl: string | undefined;
  /** Queue on this Redis; else in PostgreSQL. */
  redisUrl: string | undefined;
  adminPassword: string | undefined;
  /** The name of a log that begins, `permits.example.org/log`; one is made otherwise. */
  logName: string | undefined;
  /** Accept a PostgreSQL that may lose what it has confirmed. */
  acceptLoss: boolean;
};

/** Reads and checks the settings. Throws `StartError`. */
export function readSettings(): Settings {
  if (existsSync(join(root, ".env"))) process.loadEnvFile(join(root, ".env"));
  const text = process.env.PORT || "8000";
  const port = Number(text);
  if (!/^[0-9]{1,5}$/.test(text) || port < 1 || port > 65_535) {
    throw new StartError(`PORT is "${text}", which is no port; give a whole number from 1 to 65535.`);
  }
  return {
    port,
    dataDir: resolve(root, process.env.DATA_DIR || ".data"),
    databaseUrl: process.env.DATABASE_URL || undefined,
    redisUrl: process.env.REDIS_URL || undefined,
    adminPassword: process.env.COUNTERSIGN_ADMIN_PASSWORD || undefined,
    logName: logNameOf(process.env.LEDGER_ORIGIN),
    acceptLoss: process.env.COUNTERSIGN_ACCEPT_LOSS === "true",
  };
}

function logNameOf(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (/^[^\s+]{1,200}$/.test(text)) return text;
  throw new StartError("LEDGER_ORIGIN may have neither spaces nor a plus, and at most 200 characters.");
}
