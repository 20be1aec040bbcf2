import { isEmailAddress } from "@countersign/audit/email-address";
import { mayCrash } from "@countersign/service/crash-point";
import { parsePrivateHosts } from "@countersign/service/outbound";
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
  /** The key of the secrets of channels, the same as the API's; made at the first start. */
  CHANNEL_KEY_FILE: z.string().optional(),
  /** The newest checkpoint outside the database, better on another volume. */
  LEDGER_ANCHOR_FILE: z.string().optional(),
  /** Witnesses that are asked to cosign each checkpoint: `url vkey`, on lines or between commas. */
  LEDGER_WITNESSES: z.string().default(""),
  /** Where people reach the app: links in messages lead there. */
  PUBLIC_URL: z
    .string()
    .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), "is no address of a web page")
    .transform((text) => new URL(text).origin)
    .default("http://localhost:8000"),
  /** The mail server, smtp:// or smtps://, with user and password in it; without it nothing is mailed. */
  SMTP_URL: z
    .string()
    .refine((text) => URL.canParse(text) && /^smtps?:$/.test(new URL(text).protocol), "is no smtp:// address")
    .optional(),
  /** From whom mail comes. */
  MAIL_FROM: z.string().refine(isEmailAddress, "is not one plain address").optional(),
  /** Hosts inside the house that channels may reach all the same, `host` or `host:port`, between commas. */
  CHANNEL_PRIVATE_HOSTS: z.string().default("").transform(parsePrivateHosts),
  INSTANCE_ID: z.string().max(64).optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  NODE_ENV: z.string().default("production"),
  /** Where to end as kill -9 would, for fault tests. */
  CRASH_AT: z
    .string()
    .regex(
      /^after_(store|seal|anchor|plan|manifest_signed|archive|detach|erase_batch|erase_archives|claim|send|stream)(:[1-9]\d{0,5})?$/,
      "is no crash point",
    )
    .optional(),
});
const schema = settings
  .refine(mayCrash, {
    path: ["CRASH_AT"],
    error: "it is for tests and refused in production",
    when: ({ issues }) => issues.length === 0,
  })
  .refine(({ SMTP_URL, MAIL_FROM }) => (SMTP_URL === undefined) === (MAIL_FROM === undefined), {
    path: ["MAIL_FROM"],
    error: "SMTP_URL and MAIL_FROM belong together",
    when: ({ issues }) => issues.length === 0,
  });

export type Env = z.output<typeof schema>;

/** Reads the settings; throws an error whose message is one sentence a mistake. */
export const readEnv = (source: Record<string, string | undefined> = process.env): Env => readSettings(schema, source);
