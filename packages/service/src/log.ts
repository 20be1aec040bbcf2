import pino, { type Logger } from "pino";
import { openOutput } from "./log-output.ts";

export type Log = Logger;

export type LogOptions = {
  level: string;
  /** Stands in every line: which program and which run of it. */
  name: string;
  instance: string;
  /** How much may wait for a reader that does not read; what comes on top is dropped and counted. */
  maxWaitingBytes?: number;
  /** Another descriptor than standard output. */
  descriptor?: number;
};

const secretName =
  /pass(word|wd|phrase)?$|secret|token|api[-_]?key|authorization|cookie|^pin$|otp|iban|card[-_]?(number|no)|private[-_]?key|database_?url|redis_?url/i;
const secretText =
  /\b(bearer\s+)[\w.~+/=-]+|\b(cs_[0-9a-z]+_)[0-9A-Za-z]{20,}\w*|(\/\/[^\s/:@]*:)[^\s/@]+(?=@)|\beyJ[\w-]+\.[\w-]+\.[\w-]*/gi;

const masked = "[redacted]";

/** The text without what looks like a credential. */
const maskText = (text: string): string =>
  text.replace(
    secretText,
    (_all, bearer?: string, key?: string, user?: string) => `${bearer ?? key ?? user ?? ""}${masked}`,
  );

const mask = (value: unknown, depth: number): unknown => {
  if (typeof value === "string") return maskText(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Date) return value;
  if (depth === 0) return Array.isArray(value) ? "[list]" : "[object]";
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, 20).map((item) => mask(item, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, secretName.test(name) ? masked : mask(member, depth - 1)]),
  );
};

/** The message of a failed query repeats the statement with every parameter; its cause says what happened. */
const wordsOf = (error: Error): string =>
  error.message.startsWith("Failed query:") ? "Failed query" : maskText(error.message);

/** Of an error its kind, code, words and place: never a query's text or parameters, nor the row it was about. */
const describeError = (error: Error, depth: number): Record<string, unknown> => {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  const place = (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .join("\n");
  return {
    type: error.name,
    message: wordsOf(error),
    ...(code !== undefined && { code: String(code) }),
    ...(place !== "" && { stack: place }),
    ...(cause instanceof Error && depth > 0 && { cause: describeError(cause, depth - 1) }),
  };
};

/**
 * One JSON line an entry, credentials masked. Writing never waits for whoever reads the log; lines that nobody
 * read in time are dropped, and once the reader is back a line counts them.
 */
export const createLog = ({ level, name, instance, maxWaitingBytes = 1 << 20, descriptor = 1 }: LogOptions): Log => {
  const output = openOutput(descriptor, maxWaitingBytes);
  const log = pino(
    {
      level,
      base: { name, instance },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: (entry) => mask(entry, 4) as Record<string, unknown> },
      serializers: { err: (error: unknown) => error },
      hooks: {
        logMethod(args, method) {
          const [first, second, ...rest] = args as unknown[];
          const entry = first instanceof Error ? { err: first } : first;
          const error = (entry as { err?: unknown } | undefined)?.err;
          // Left to itself pino would take over the error's own words, unmasked.
          const words = second === undefined && error instanceof Error ? wordsOf(error) : second;
          const masked = [entry, words, ...rest].map((part) => (typeof part === "string" ? maskText(part) : part));
          method.apply(this, masked as Parameters<typeof method>);
        },
      },
    },
    output,
  );
  output.onCaughtUp(() => {
    const dropped = output.takeDropped();
    if (dropped > 0) log.warn({ dropped }, "log lines were dropped because nobody read them");
  });
  return log;
};
