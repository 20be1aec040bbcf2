import { mayCrash } from "@countersign/service/crash-point";
import { readSettings } from "@countersign/service/settings";
import { z } from "zod";

const settings = z.object({
  HOST: z.string().default("127.0.0.1"),
  /** 0 takes any free port. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(8002),
  DATA_DIR: z.string().default(".data"),
  /** The name in its key, taken at the first start; a URL without scheme, such as witness.example.org/w1. */
  WITNESS_NAME: z
    .string()
    .max(200)
    .regex(/^[^\s+]+$/, "must have neither spaces nor a plus")
    .optional(),
  /** Its private key (Ed25519, PKCS#8); made at the first start. */
  WITNESS_KEY_FILE: z.string().optional(),
  /** What it cosigned last of each log. */
  WITNESS_STATE_FILE: z.string().optional(),
  /** The logs it answers, a vkey each, with the origin behind it where that is not the key's name; on lines or between commas. */
  WITNESS_LOGS: z.string().optional(),
  /** The same in a file, on lines. */
  WITNESS_LOGS_FILE: z.string().optional(),
  INSTANCE_ID: z.string().max(64).optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  NODE_ENV: z.string().default("production"),
  /** Where to end as kill -9 would, for fault tests. */
  CRASH_AT: z
    .string()
    .regex(/^after_persist(:[1-9]\d{0,5})?$/, "is no crash point")
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
