import { Readable } from "node:stream";
import type { ReadableStream as WebStream } from "node:stream/web";
import { Hono, type Context as HonoContext } from "hono";
import { rawRoutes } from "../raw-routes.ts";
import { errorResponse } from "./errors.ts";
import type { HttpEnv } from "./http-env.ts";
import type { RawTypes } from "./origin-check.ts";
import type { IncomingBody, RawRoute, Sent } from "./raw-route.ts";
import { type CreateContext, patternsOf, refusal } from "./rest.ts";
import { type AddressReader, addressReader } from "./rest-input.ts";

/** If a browser ever shows it as a page, it can do nothing. */
const sandbox = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The addresses that take or give bytes. */
export const raw = (createContext: CreateContext): Hono<HttpEnv> => {
  const app = new Hono<HttpEnv>();
  for (const route of Object.values(rawRoutes)) {
    const reader = addressReader(route.input);
    for (const pattern of patternsOf(route.path)) {
      app.on(route.method, pattern, (c) => answer(c, route, reader, createContext));
    }
  }
  return app;
};

const taking = Object.values(rawRoutes).flatMap(({ method, path, takes }) =>
  takes === undefined ? [] : [{ method, takes, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}/?$`) }],
);

/** The media types of the bodies that this address takes as bytes; undefined for all others. */
export const rawTypes: RawTypes = (method, path) =>
  taking.find((route) => route.method === method && route.pattern.test(path))?.takes;

const answer = async (
  c: HonoContext<HttpEnv>,
  route: RawRoute,
  reader: AddressReader,
  createContext: CreateContext,
): Promise<Response> => {
  // Not a download, so it must not be told of as one.
  if (c.req.method === "HEAD") return errorResponse(c, "method_not_allowed");
  const query = reader.query(new URL(c.req.url).searchParams);
  if ("repeated" in query) {
    return errorResponse(c, "invalid_input", { message: "A parameter is given twice.", path: query.repeated });
  }
  const input = { ...query.members, ...reader.path(c.req.param()) };
  try {
    const answered = await route.handle(await createContext(c), input, () => bodyOf(c));
    return isSent(answered) ? send(answered) : c.json(answered);
  } catch (error) {
    return refusal(c, error);
  }
};

const isSent = (answered: Sent | object): answered is Sent =>
  "body" in answered && answered.body instanceof ReadableStream;

const send = ({ body, headers }: Sent): Response =>
  new Response(body, { headers: { "content-security-policy": sandbox, "cache-control": "no-store", ...headers } });

const bodyOf = (c: HonoContext<HttpEnv>): IncomingBody => {
  const length = c.req.header("content-length");
  return {
    stream: c.env?.incoming ?? streamOf(c.req.raw.body),
    contentType: c.req.header("content-type"),
    announcedBytes: length === undefined ? undefined : Number(length),
  };
};

const streamOf = (body: ReadableStream | null): Readable =>
  body === null ? Readable.from([]) : Readable.fromWeb(body as WebStream);
