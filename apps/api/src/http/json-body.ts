import { checkJson, findForbiddenKey, type JsonRule } from "@countersign/audit/json-limits";
import { type JsonRefusal, parseJsonStrict } from "@countersign/audit/json-parse";
import type { Context } from "hono";
import { mediaTypeOf } from "./cloudevents.ts";
import { errorResponse, type HttpErrorCode, type HttpErrorOptions } from "./errors.ts";
import type { Guard } from "./guards.ts";
import type { HttpEnv } from "./http-env.ts";
import { bodyLimit, callsOf, isBatch } from "./limits.ts";
import type { RawTypes } from "./origin-check.ts";
import { createBodyReader, type ReadBody } from "./read-body.ts";
import { checkSuperjson, type InputRule } from "./superjson-input.ts";

type Refusal = { code: HttpErrorCode } & HttpErrorOptions;

export type JsonBodyOptions = {
  /** Bytes of all bodies that may be read at the same time, together. */
  budget?: number;
  /** How long one body may take to arrive. */
  requestMs?: number;
  /** Where bodies are left to their routes. */
  rawTypes?: RawTypes;
};

/**
 * Reads the body once, within the limit of its address, as strict JSON without what no input of ours may hold, and
 * hands it on: `c.req.json()`, `text()` and `arrayBuffer()` answer from memory, and nothing is parsed again. Input in
 * the query of a tRPC GET is held to the same rules. To have no body is fine here; a call that needs one refuses.
 */
export const jsonBody = ({ budget, requestMs, rawTypes = () => undefined }: JsonBodyOptions = {}): Guard => {
  const readBody = createBodyReader({ ...(budget !== undefined && { budget }), ...(requestMs && { requestMs }) });
  return async (c) => {
    if (rawTypes(c.req.method, c.req.path) !== undefined) return null;
    const isBodiless = c.req.method === "GET" || c.req.method === "HEAD";
    const refusal = isBodiless ? checkBodiless(c) : takeBody(c, await readBody(c, bodyLimit(c.req.path, typeOf(c))));
    if (refusal === null) return null;
    const answer = errorResponse(c, refusal.code, refusal);
    if (refusal.code === "body_not_expected") answer.headers.set("connection", "close");
    return answer;
  };
};

const typeOf = (c: Context<HttpEnv>): string | undefined => mediaTypeOf(c.req.header("content-type"));

const unread = {
  too_large: { code: "body_too_large" },
  busy: { code: "busy", retryAfterS: 1 },
  too_slow: { code: "too_slow" },
  cut_off: { code: "unreadable", message: "The body ended before it was complete." },
} as const satisfies Record<Extract<ReadBody, string>, Refusal>;

const takeBody = (c: Context<HttpEnv>, bytes: ReadBody): Refusal | null => {
  if (typeof bytes === "string") return unread[bytes];
  if (bytes.length === 0) {
    replay(c, bytes, () => Promise.reject(new SyntaxError("there is no body")));
    return null;
  }
  const input = readInput(c, bytes);
  if ("code" in input) return input;
  replay(c, bytes, () => Promise.resolve(input.value));
  c.set("body", { value: input.value, bytes });
  return null;
};

const checkBodiless = (c: Context<HttpEnv>): Refusal | null => {
  if (c.req.header("transfer-encoding") !== undefined || (c.req.header("content-length") ?? "0") !== "0") {
    return { code: "body_not_expected" };
  }
  const mark = c.req.url.indexOf("?");
  if (mark === -1) return null;
  const query = c.req.url.slice(mark + 1);
  if (query.includes("%00")) return { code: "invalid_input", path: "query", message: sentences.nul };
  if (!c.req.path.startsWith("/trpc/")) return null;
  const inputs = new URLSearchParams(query).getAll("input");
  if (inputs.length > 1) return { code: "unreadable" };
  const refused = inputs.map((input) => readInput(c, Buffer.from(input))).find((input) => "code" in input);
  return refused !== undefined && "code" in refused ? refused : null;
};

/** Of many events each is judged for itself where they are kept, so that one bad one does not cost the others their place. */
const checkBatch = (value: unknown) => {
  const path = findForbiddenKey(value);
  return path === null ? null : ({ path, rule: "forbidden_key" } as const);
};

const readInput = (c: Context<HttpEnv>, bytes: Uint8Array): { value: unknown } | Refusal => {
  const parsed = parseJsonStrict(bytes);
  if (!parsed.ok) return refusals[parsed.reason];
  const { value } = parsed;
  const isTrpc = c.req.path.startsWith("/trpc/");
  const problem =
    (isBatch(c.req.path, typeOf(c)) ? checkBatch(value) : checkJson(value)) ??
    (isTrpc ? checkSuperjson(value, callsOf(c.req.path), c.req.query("batch") === "1") : null);
  if (problem === null) return { value };
  const path = isTrpc ? problem.path.replace(/^(\d\.)?json(?:\.|$)/, "$1") : problem.path;
  return { code: "invalid_input", path: path.slice(0, 200), message: sentences[problem.rule] };
};

const unreadable = (message: string): Refusal => ({ code: "unreadable", message });

const refusals: Record<JsonRefusal, Refusal> = {
  encoding: unreadable("The body is not UTF-8."),
  syntax: unreadable("The body is not JSON."),
  depth: unreadable("The body is nested deeper than 32 levels."),
  duplicate_key: unreadable("The body names a member twice."),
  top_level: unreadable("The body must be a JSON object."),
  keys: { code: "invalid_input", message: "An object has more than 2000 members." },
  number: { code: "invalid_input", message: "A number is larger than can be held exactly. Send it as text." },
};

const sentences: Record<JsonRule | InputRule, string> = {
  depth: "The input is nested deeper than 32 levels.",
  keys: "The input has too many members.",
  key_size: "The name of a member is longer than 256 bytes.",
  string_size: "A text is longer than 32 KiB.",
  nul: "A text holds the character U+0000, which cannot be stored.",
  surrogate: "A text holds half a character (a lone surrogate).",
  forbidden_key: "A member has a name that is not allowed.",
  number: "A number is larger than can be held exactly. Send it as text.",
  type: "A value is of a kind that JSON does not have.",
  unknown_field: "There is a member that this address does not know.",
  not_an_object: "The input must be an object.",
  annotation: "The input asks for a kind of value that is not allowed.",
  shared_reference: "The input refers to itself. Send values instead of references.",
};

const replay = (c: Context<HttpEnv>, bytes: Uint8Array, json: () => Promise<unknown>): void => {
  const text = async () => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const arrayBuffer = async () => new Uint8Array(bytes).buffer;
  Object.assign(c.req, { json, text, arrayBuffer });
};

const bodyReaders = new Set<string | symbol>(["json", "text", "arrayBuffer"]);

/** The request for a handler that reads bodies itself: its body is the one that was read here. */
export const replayedRequest = (c: Context<HttpEnv>): Request =>
  new Proxy(c.req.raw, {
    get: (target, name) => {
      if (bodyReaders.has(name)) return () => c.req[name as "json" | "text" | "arrayBuffer"]();
      return Reflect.get(target, name, target);
    },
  });
