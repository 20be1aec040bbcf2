import type { MiddlewareHandler } from "hono";
import { batched } from "./cloudevents.ts";
import { errorResponse, type HttpErrorCode } from "./errors.ts";
import type { Guard } from "./guards.ts";
import type { HttpEnv } from "./http-env.ts";

const KiB = 1024;

export const limits = {
  urlBytes: 8 * KiB,
  headerBytes: 16 * KiB,
  bodyBytes: 256 * KiB,
  /** For the addresses that take up to 500 events at once. */
  batchBodyBytes: 4 * 1024 * KiB,
  /** All bodies that are being read at one time, together. */
  bodyBytesInFlight: 64 * 1024 * KiB,
  batchCalls: 10,
  inFlight: 200,
  sockets: 1000,
  headersMs: 10_000,
  /** A body of JSON. */
  requestMs: 30_000,
  /** A file: 100 MB over a line of 3 Mbit/s. */
  uploadMs: 300_000,
} as const;

const batchPaths = new Set(["/trpc/events.recordMany", "/api/events/batch", "/api/events/batch/"]);

/** Whether this body holds many events: by its address, or by a media type that passes only where lists of events are taken. */
export const isBatch = (path: string, mediaType?: string): boolean => batchPaths.has(path) || mediaType === batched;

/** How many bytes a body sent to this path may have. */
export const bodyLimit = (path: string, mediaType?: string): number =>
  isBatch(path, mediaType) ? limits.batchBodyBytes : limits.bodyBytes;

/**
 * Refuses addresses that are too long, that say in a roundabout way what could be said plainly (`//`, `%2f`, `..`),
 * or whose escapes are not UTF-8, so that every guard behind it sees the one spelling that the router sees.
 */
export const plainAddress = (): Guard => {
  return (c) => {
    // The request line itself: the Request's URL has been normalised already.
    const target = c.env?.incoming?.url ?? c.req.raw.url.replace(/^[a-z]+:\/\/[^/?#]*/i, "");
    const fault = addressFault(target);
    return fault === null ? null : errorResponse(c, fault);
  };
};

const roundabout = /\/\/|\\|%2f|%5c|%2e|%00|%25|\/\.{1,2}(?:\/|$)/i;

const apiKeyInside = /cs_[0-9A-Za-z]{1,64}_[0-9A-Za-z]{32}_/;

const addressFault = (target: string): HttpErrorCode | null => {
  if (Buffer.byteLength(target) > limits.urlBytes) return "url_too_long";
  if (!target.startsWith("/")) return "unreadable";
  if (apiKeyInside.test(target)) return "key_in_address";
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  if (roundabout.test(path)) return "bad_path";
  if (!target.includes("%")) return null;
  const decodedPath = decode(path);
  if (decodedPath === null || (mark !== -1 && decode(target.slice(mark)) === null)) return "unreadable";
  // Nothing of ours is spelt with an escape; only pages of the app may carry one.
  if (path.includes("%") && /^\/(?:trpc|api|health|admin)(?:\/|$)/.test(decodedPath)) return "bad_path";
  return null;
};

const decode = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

/** How many calls one request makes: tRPC packs several, separated by commas, into one address. */
export const callsOf = (path: string): number =>
  path.includes(",") && path.startsWith("/trpc/") ? path.split(",").length : 1;

/** Refuses with 400 a tRPC batch of more than ten calls, before any of them runs. */
export const batchLimit = (): Guard => {
  return (c) => (callsOf(c.req.path) > limits.batchCalls ? errorResponse(c, "batch_too_large") : null);
};

/**
 * Lets at most `max` requests be worked on at once and refuses the rest with 503, so that a pile-up costs the
 * callers a second instead of costing the process its memory.
 */
export const inFlightLimit = ({ max = limits.inFlight }: { max?: number } = {}): MiddlewareHandler<HttpEnv> => {
  let running = 0;
  return async (c, next) => {
    if (running >= max) return errorResponse(c, "busy", { retryAfterS: 1 });
    running += 1;
    try {
      return await next();
    } finally {
      running -= 1;
    }
  };
};
