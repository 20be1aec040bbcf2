import { mayCrash } from "@countersign/service/crash-point";
import { readSettings } from "@countersign/service/settings";
import { z } from "zod";

const settings = z.object({
  DATABASE_URL: z.string().min(1),
  REDIS_URL: z.string().optional(),
  QUEUE_DATABASE_URL: z.string().optional(),
  /** Where /health answers; 0 takes any free port. */
  HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(8001),
  HOST: z.string().default("127.0.0.1"),
  DATA_DIR: z.string().default(".data"),
  /** The log's private key (Ed25519, PKCS#8); made at the first start. */
  LEDGER_KEY_FILE: z.string().optional(),
  /** The newest checkpoint outside the database, better on another volume. */
  LEDGER_ANCHOR_FILE: z.string().optional(),
  /** Witnesses that are asked to cosign each checkpoint: `url vkey`, on lines or between commas. */
  LEDGER_WITNESSES: z.string().default(""),
  INSTANCE_ID: z.string().max(64).optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  NODE_ENV: z.string().default("production"),
  /** Where to end as kill -9 would, for fault tests. */
  CRASH_AT: z
    .string()
    .regex(
      /^after_(store|seal|anchor|plan|manifest_signed|archive|detach|erase_batch|erase_archives)(:[1-9]\d{0,5})?$/,
      "is no crash point",
    )
    .optional(),
});
const schema = settings.refine(mayCrash, {
  path: ["CRASH_AT"],
  error: "it is for tests and refused in production",
  when: ({ issues }) => issues.length === 0,
});

export type Env = z.output<typeof schema>;

/** Reads the settings; throws an error whose message is one sentence a mistake. */
export const readEnv = (source: Record<string, string | undefined> = process.env): Env => readSettings(schema, source);
