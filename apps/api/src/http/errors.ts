import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import type { Context, ErrorHandler, MiddlewareHandler, NotFoundHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { HttpEnv } from "./http-env.ts";

/** The classes of refusal that are decided before a procedure is reached. */
export const httpErrors = {
  unreadable: { status: 400, message: "The request could not be read." },
  bad_path: { status: 404, message: "There is nothing at this address." },
  url_too_long: { status: 400, message: "The address is longer than 8 KiB. Send long input in the body of a POST." },
  batch_too_large: { status: 400, message: "A batch may hold at most 10 calls." },
  two_credentials: { status: 400, message: "A request carries either a session or a key, not both." },
  key_in_address: {
    status: 400,
    message:
      "A key stands in the address, where logs would keep it. Revoke it, and send keys as Authorization: Bearer.",
  },
  body_not_expected: { status: 400, message: "A GET request may not have a body." },
  unauthenticated: { status: 401, message: "Sign in first." },
  key_refused: {
    status: 401,
    message: "This key is wrong, revoked or expired, or whoever made it may no longer do what it is for.",
  },
  key_network: { status: 403, message: "This key may not be used from this network." },
  cross_site: { status: 403, message: "This request did not come from a page of this office and was refused." },
  forbidden: { status: 403, message: "You may not do this." },
  not_found: { status: 404, message: "There is nothing at this address." },
  method_not_allowed: { status: 405, message: "This address does not take this method." },
  too_slow: { status: 408, message: "The request took too long to arrive." },
  body_too_large: { status: 413, message: "The body is larger than this address accepts." },
  media_type: { status: 415, message: "Bodies must be application/json in UTF-8, without a content encoding." },
  invalid_input: { status: 422, message: "The request was read, but something in it is not allowed." },
  too_many_calls: { status: 429, message: "Too many calls in a short time. Wait a moment and try again." },
  headers_too_large: { status: 431, message: "The headers of the request are larger than 16 KiB." },
  internal: { status: 500, message: "Something went wrong on our side. Quote the request id when you report it." },
  busy: { status: 503, message: "The server is busy. Nothing was changed; try again in a moment." },
} as const satisfies Record<string, { status: ContentfulStatusCode; message: string }>;

export type HttpErrorCode = keyof typeof httpErrors;

export type HttpErrorOptions = {
  /** Where in the input the fault lies, never the value itself. */
  path?: string | undefined;
  /** Replaces the sentence of the code; a finished sentence without any of the caller's text. */
  message?: string | undefined;
  retryAfterS?: number | undefined;
};

/**
 * The one error body, `{error: {code, path?, requestId, message}}`. Below /trpc the same object also carries what
 * the tRPC client looks for, so that a refusal before the router reads like one from a procedure.
 */
export const errorResponse = (c: Context<HttpEnv>, code: HttpErrorCode, options: HttpErrorOptions = {}): Response => {
  const { status } = httpErrors[code];
  const message = options.message ?? httpErrors[code].message;
  const requestId = c.get("requestId");
  const error = { code, ...(options.path !== undefined && { path: options.path }), requestId, message };
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (options.retryAfterS !== undefined) headers["retry-after"] = String(Math.max(1, Math.ceil(options.retryAfterS)));
  const body = c.req.path.startsWith("/trpc/")
    ? { error: { ...error, json: trpcShape(code, message, requestId, options) } }
    : { error };
  return new Response(JSON.stringify(body), { status, headers });
};

const trpcCodes: Partial<Record<number, keyof typeof TRPC_ERROR_CODES_BY_KEY>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  408: "TIMEOUT",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  422: "UNPROCESSABLE_CONTENT",
  429: "TOO_MANY_REQUESTS",
  503: "SERVICE_UNAVAILABLE",
};

const trpcShape = (
  code: HttpErrorCode,
  message: string,
  requestId: string,
  { path, retryAfterS }: HttpErrorOptions,
) => {
  const httpStatus = httpErrors[code].status;
  const name = trpcCodes[httpStatus] ?? "INTERNAL_SERVER_ERROR";
  const data = {
    code: name,
    httpStatus,
    reason: code,
    requestId,
    ...(path !== undefined && { fields: [{ path, rule: code }] }),
    ...(retryAfterS !== undefined && { retryAfterS: Math.max(1, Math.ceil(retryAfterS)) }),
  };
  return { message, code: TRPC_ERROR_CODES_BY_KEY[name], data };
};

/** Gives each request an id of our own and returns it as `X-Request-Id`; one that the caller sends is not looked at. */
export const requestIds = ({ newId }: { newId: () => string }): MiddlewareHandler<HttpEnv> => {
  return async (c, next) => {
    const requestId = newId();
    c.set("requestId", requestId);
    await next();
    c.res.headers.set("x-request-id", requestId);
  };
};

/** Answers 404 in the one error body. */
export const notFound: NotFoundHandler<HttpEnv> = (c) => errorResponse(c, "not_found");

/** Answers 500 without a word of the error; the error itself goes to `report` with the request id. */
export const unexpectedError = (report: (error: Error, requestId: string) => void): ErrorHandler<HttpEnv> => {
  return (error, c) => {
    report(error, c.get("requestId"));
    return errorResponse(c, "internal");
  };
};
