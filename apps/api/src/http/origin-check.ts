import type { Context } from "hono";
import { errorResponse } from "./errors.ts";
import type { Guard } from "./guards.ts";
import type { HttpEnv } from "./http-env.ts";

export type OriginCheckOptions = {
  /** The origins of our own pages, for example `https://permits.example.org`; asked at each request. */
  origins: () => readonly string[];
};

/**
 * Refuses with 403 what a page of another site could have made a browser send: everything but GET and HEAD must
 * carry our own `Origin`, or none and `Sec-Fetch-Site: same-origin`. Two kinds of caller are exempt, since no
 * page can pose as them: an API key without any cookie, and a program that sends neither cookie nor `Origin` nor
 * any `Sec-Fetch` header. A GET that another site led a browser to is refused as well where it reads data: what somebody
 * reads is recorded as theirs. Pages and files of the app may be linked to from anywhere.
 */
export const originCheck = ({ origins }: OriginCheckOptions): Guard => {
  return (c) => {
    if (c.req.method === "GET" || c.req.method === "HEAD") return isLedHere(c) ? errorResponse(c, "cross_site") : null;
    const origin = c.req.header("origin");
    const ours = origin === undefined ? c.req.header("sec-fetch-site") === "same-origin" : origins().includes(origin);
    return ours || isExempt(c, origin) ? null : errorResponse(c, "cross_site");
  };
};

const isLedHere = (c: Context<HttpEnv>): boolean =>
  /^\/(?:api|trpc)\//.test(c.req.path) && /^(?:cross|same)-site$/.test(c.req.header("sec-fetch-site") ?? "");

const isExempt = (c: Context<HttpEnv>, origin: string | undefined): boolean => {
  if (c.req.header("cookie") !== undefined) return false;
  if (/^bearer /i.test(c.req.header("authorization") ?? "")) return true;
  return origin === undefined && !hasFetchMetadata(c.req.raw.headers);
};

const hasFetchMetadata = (headers: Headers): boolean => {
  for (const name of headers.keys()) if (name.startsWith("sec-fetch")) return true;
  return false;
};

/** The media types of a body that its route reads itself; undefined where bodies are JSON. */
export type RawTypes = (method: string, path: string) => readonly string[] | undefined;

/** The media types of JSON that an address takes besides `application/json`. */
export type JsonTypes = (method: string, path: string) => readonly string[];

export type JsonOnlyOptions = { rawTypes?: RawTypes; jsonTypes?: JsonTypes };

const utf8Type = /^([\w.+/-]+)\s*(?:;\s*charset="?utf-8"?\s*)?$/i;

/**
 * Refuses with 415 whatever is not JSON in UTF-8 of a type that its address takes, or at the few addresses that take files
 * none of their types. The type counts even without a body: tRPC runs a mutation that takes no input when it is sent as multipart.
 */
export const jsonOnly = ({ rawTypes = () => undefined, jsonTypes = () => [] }: JsonOnlyOptions = {}): Guard => {
  return (c) => {
    if (c.req.header("content-encoding") !== undefined) return errorResponse(c, "media_type");
    const type = c.req.header("content-type");
    const raw = rawTypes(c.req.method, c.req.path);
    if (raw !== undefined) {
      if (type !== undefined && raw.includes(type.toLowerCase())) return null;
      return errorResponse(c, "media_type", {
        message: `Files must be ${raw.join(", ")}, without a content encoding.`,
      });
    }
    if (type === undefined) return hasBody(c) ? errorResponse(c, "media_type") : null;
    const named = utf8Type.exec(type)?.[1]?.toLowerCase();
    if (named === "application/json") return null;
    const taken = named !== undefined && jsonTypes(c.req.method, c.req.path).includes(named);
    return taken ? null : errorResponse(c, "media_type");
  };
};

const hasBody = (c: Context<HttpEnv>): boolean =>
  c.req.header("transfer-encoding") !== undefined || (c.req.header("content-length") ?? "0") !== "0";
