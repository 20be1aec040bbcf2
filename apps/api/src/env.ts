import { mayCrash } from "@countersign/service/crash-point";
import { parsePrivateHosts } from "@countersign/service/outbound";
import { givenSettings } from "@countersign/service/settings";
import { z } from "zod";
import { type Network, parseNetworks } from "./http/client-ip.ts";

const port = z.coerce
  .number("must be a number")
  .int("must be a whole number")
  .min(0)
  .max(65_535, "must be at most 65535");
const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`,
  });
const calls = z.coerce.number("must be a number").int("must be a whole number").min(0, "must not be negative");

const publicUrl = url("http:", "https:").refine((text) => new URL(text).origin === text.replace(/\/$/, ""), {
  error: "must be only the scheme, the host and the port, like https://permits.example.org",
});

const settings = z.object({
  PORT: port.default(8000),
  /** Loopback unless said otherwise; a server behind a proxy on another machine needs 0.0.0.0. */
  HOST: z.string().default("127.0.0.1"),
  DATABASE_URL: url("postgres:", "postgresql:"),
  REDIS_URL: url("redis:", "rediss:").optional(),
  /** Where BullMQ keeps its jobs when there is no Redis. */
  QUEUE_DATABASE_URL: url("postgres:", "postgresql:").optional(),
  DATA_DIR: z.string().default(".data"),
  /** The private key of this API's receipts; made at its first start. */
  LEDGER_RECEIPT_KEY_FILE: z.string().optional(),
  /** The key of the secrets of channels, the same as the worker's; made at the first start. */
  CHANNEL_KEY_FILE: z.string().optional(),
  /** The folder of the built app. */
  WEB_DIST: z.string().optional(),
  INSTANCE_ID: z.string().max(64, "must be at most 64 characters").optional(),
  /** What people type into the browser; its scheme decides on HTTPS-only cookies and headers. */
  PUBLIC_URL: publicUrl.optional(),
  /** The worker's mail server: whether there is one is shown. */
  SMTP_URL: url("smtp:", "smtps:").optional(),
  /** Hosts inside the house that channels may reach all the same, `host` or `host:port`, between commas. */
  CHANNEL_PRIVATE_HOSTS: z.string().default("").transform(parsePrivateHosts),
  TRUSTED_PROXIES: z.string().default("").transform(toNetworks),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  /** Calls in 10 seconds; 0 switches the limit off. */
  CALLS_PER_SESSION: calls.default(600),
  CALLS_PER_ADDRESS: calls.default(1000),
  /** Beyond these nothing more is kept: callers get 503 until the workers have caught up. */
  MAX_WAITING_EVENTS: calls.default(1_000_000),
  MAX_WAITING_SECONDS: calls.default(600),
  /** The same for the room on the disk of the embedded database, in bytes. */
  MIN_FREE_BYTES: calls.default(512 * 1024 * 1024),
  /** An S3-compatible server for the files of documents instead of the folder `documents` in DATA_DIR. */
  S3_ENDPOINT: url("http:", "https:").optional(),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be a name of 3 to 63 small letters, digits, dots and hyphens")
    .optional(),
  S3_REGION: z.string().default("us-east-1"),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  /** Whether the bucket stands in the path; only Amazon itself wants it in the host name. */
  S3_PATH_STYLE: z.stringbool({ error: "must be true or false" }).default(true),
  COUNTERSIGN_ACCEPT_LOSS: z.stringbool({ error: "must be true or false" }).default(false),
  /** Whether the process above fills a new office with a demo when it is asked to. */
  DEMO_OFFERED: z.stringbool({ error: "must be true or false" }).default(false),
  NODE_ENV: z.string().default("production"),
  /** Where to end as kill -9 would, for fault tests. */
  CRASH_AT: z
    .string()
    .regex(/^after_commit(:[1-9]\d{0,5})?$/, "is no crash point")
    .optional(),
});
const storage = ["S3_ENDPOINT", "S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"] as const;

const schema = settings
  .refine(mayCrash, {
    path: ["CRASH_AT"],
    error: "is for tests and refused in production",
    when: ({ issues }) => issues.length === 0,
  })
  .superRefine((env, context) => {
    if (storage.every((name) => env[name] === undefined)) return;
    for (const name of storage) if (env[name] === undefined) context.addIssue({ code: "custom", path: [name] });
  });

function toNetworks(text: string, context: z.RefinementCtx): Network[] {
  try {
    return parseNetworks(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: `is wrong: ${error instanceof Error ? error.message : "unreadable"}` });
    return z.NEVER;
  }
}

export type Env = z.output<typeof schema>;

/** A mistake in the settings, as sentences for whoever starts the server. */
export class EnvError extends Error {
  override name = "EnvError";
}

/** Reads the settings; empty ones count as absent. Throws an `EnvError` with one sentence a mistake, values never shown. */
export const readEnv = (source: Record<string, string | undefined> = process.env): Env => {
  const given = givenSettings(source);
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const sentences = result.error.issues.map(({ path, message }) => {
    const name = path.join(".");
    return `${name} ${given[name] === undefined ? "is missing" : message}.`;
  });
  throw new EnvError(sentences.join("\n"));
};

/** The origins of our own pages: the public one, else what a browser on this machine may call us. */
export const originsOf = ({ PUBLIC_URL }: Pick<Env, "PUBLIC_URL">, port: number): string[] =>
  PUBLIC_URL === undefined ? [`http://localhost:${port}`, `http://127.0.0.1:${port}`] : [new URL(PUBLIC_URL).origin];
