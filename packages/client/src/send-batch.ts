import type { AppRouter } from "@countersign/api/router";
import type { inferRouterOutputs } from "@trpc/server";
import superjson, { type SuperJSONResult } from "superjson";
import { retryAfterMs } from "./backoff.ts";
import type { Connection } from "./connection.ts";

/** What the server says of one event. */
export type ItemAnswer = inferRouterOutputs<AppRouter>["events"]["recordMany"]["results"][number];

export type Failure = {
  /** The server's word, else `unreachable`, `timeout`, `unreadable_answer` or `http_<status>`. */
  reason: string;
  status: number | null;
  message: string;
};

export type BatchAnswer =
  | { kind: "answered"; items: readonly ItemAnswer[] }
  /** Something in this very batch is the cause: sent again it would end the same. */
  | { kind: "indigestible"; failure: Failure & { fields: { path: string; rule: string }[] } }
  | { kind: "failed"; failure: Failure; isLasting: boolean; retryAfterMs: number };

export type SendOptions = { timeoutMs: number; signal: AbortSignal; keepalive: boolean; now: () => number };

/** Sends ready texts of events once and tells what came of it; never throws. */
export const sendBatch = async (
  { url, fetch }: Connection,
  texts: readonly string[],
  { timeoutMs, signal, keepalive, now }: SendOptions,
): Promise<BatchAnswer> => {
  const own = new AbortController();
  const abort = (): void => own.abort();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    abort();
  }, timeoutMs);
  signal.addEventListener("abort", abort);
  try {
    const response = await fetch(`${url}/trpc/events.recordMany`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: `{"json":{"events":[${texts.join(",")}]}}`,
      signal: own.signal,
      ...(keepalive && { keepalive }),
    });
    return readAnswer(response, await response.text(), texts.length, now());
  } catch (error) {
    const message = isLate ? `No answer within ${timeoutMs} ms.` : `The server was not reached: ${causeOf(error)}.`;
    return failed({ reason: isLate ? "timeout" : "unreachable", status: null, message });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
};

const failed = (failure: Failure, isLasting = false, retryAfterMs = 0): BatchAnswer => ({
  kind: "failed",
  failure,
  isLasting,
  retryAfterMs,
});

/** `fetch failed` says nothing; the system's code behind it does. */
const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && "code" in cause ? `${error.message} (${String(cause.code)})` : error.message;
};

const passingStatuses = new Set([408, 425, 429]);
const unreadableReasons = new Set(["unreadable", "invalid_input", "body_too_large"]);

const readAnswer = (response: Response, text: string, count: number, now: number): BatchAnswer => {
  const { status } = response;
  const body = parse(text);
  if (status === 200) {
    const items = itemsOf(body);
    return items?.length === count
      ? { kind: "answered", items }
      : failed({ reason: "unreadable_answer", status, message: "What answered is not a Countersign server." }, true);
  }
  const { reason, message, fields, retryAfterS } = refusalIn(body, status);
  const failure = { reason, status, message };
  // A proxy that takes less than the server answers 413 in words of its own.
  if (status === 413 || ((status === 400 || status === 422) && unreadableReasons.has(reason))) {
    return { kind: "indigestible", failure: { ...failure, fields } };
  }
  const isPassing = status >= 500 || passingStatuses.has(status);
  const header = response.headers.get("retry-after") ?? (retryAfterS === undefined ? null : String(retryAfterS));
  return failed(failure, !isPassing, retryAfterMs(header, now));
};

type Refusal = { reason: string; message: string; fields: { path: string; rule: string }[]; retryAfterS?: number };

/** The server's words, where it was the server that spoke. */
const refusalIn = (body: unknown, status: number): Refusal => {
  const error = memberOf(memberOf(body, "error"), "json");
  const data = memberOf(error, "data");
  const reason = memberOf(data, "reason");
  const message = memberOf(error, "message");
  const fields = memberOf(data, "fields");
  const retryAfterS = memberOf(data, "retryAfterS");
  return {
    reason: typeof reason === "string" ? reason : `http_${status}`,
    message: typeof message === "string" ? message : `The answer was status ${status}.`,
    fields: Array.isArray(fields) ? fields : [],
    ...(typeof retryAfterS === "number" && { retryAfterS }),
  };
};

const outcomes = new Set<unknown>(["kept", "suppressed", "refused"] satisfies ItemAnswer["outcome"][]);

const itemsOf = (body: unknown): readonly ItemAnswer[] | null => {
  const data = memberOf(memberOf(body, "result"), "data");
  if (memberOf(data, "json") === undefined) return null;
  const results = memberOf(superjson.deserialize(data as SuperJSONResult), "results");
  const isSound = Array.isArray(results) && results.every((item) => outcomes.has(memberOf(item, "outcome")));
  return isSound ? results : null;
};

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
