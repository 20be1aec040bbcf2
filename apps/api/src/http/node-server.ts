import { createServer, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { type HttpErrorCode, httpErrors } from "./errors.ts";
import { limits } from "./limits.ts";

export type NodeServerOptions = {
  fetch: Parameters<typeof getRequestListener>[0];
  newId: () => string;
  /** Shorter ones are for tests. */
  timeouts?: { headersMs: number; requestMs: number; checkEveryMs: number };
};

// Node looks for slow senders only every 30 s unless told otherwise, which would make the limits above a minute.
const ownTimeouts = { headersMs: limits.headersMs, requestMs: limits.uploadMs, checkEveryMs: 1000 };

/**
 * A Node server with our time and size limits, not yet listening. Whatever Node itself refuses (framing, headers,
 * slow senders) is answered in the one error body as well, and the connection is closed.
 */
export const createNodeServer = ({ fetch, newId, timeouts = ownTimeouts }: NodeServerOptions): Server => {
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: timeouts.headersMs,
      requestTimeout: timeouts.requestMs,
      connectionsCheckingInterval: timeouts.checkEveryMs,
      keepAliveTimeout: 65_000,
      requireHostHeader: true,
    },
    getRequestListener(fetch, {
      errorHandler: () => new Response(errorText("unreadable", newId()), { status: 400, headers: plainHeaders }),
    }),
  );
  server.maxConnections = limits.sockets;
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => answerClientError(error, socket, newId()));
  return server;
};

const plainHeaders = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

const errorText = (code: HttpErrorCode, requestId: string): string =>
  JSON.stringify({ error: { code, requestId, message: httpErrors[code].message } });

const clientErrors: Record<string, HttpErrorCode> = {
  HPE_HEADER_OVERFLOW: "headers_too_large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "body_too_large",
  ERR_HTTP_REQUEST_TIMEOUT: "too_slow",
};

const reasons: Partial<Record<HttpErrorCode, string>> = {
  headers_too_large: "Request Header Fields Too Large",
  body_too_large: "Payload Too Large",
  too_slow: "Request Timeout",
};

const answerClientError = (error: NodeJS.ErrnoException, socket: Duplex, requestId: string): void => {
  // Half an answer may be on its way already; then only closing is left.
  const answer = (socket as { _httpMessage?: { headersSent: boolean } | null })._httpMessage;
  if (!socket.writable || error.code === "ECONNRESET" || answer?.headersSent === true) {
    socket.destroy();
    return;
  }
  const code = clientErrors[error.code ?? ""] ?? "unreadable";
  const body = errorText(code, requestId);
  const headers = {
    ...plainHeaders,
    "x-request-id": requestId,
    "content-length": Buffer.byteLength(body),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${httpErrors[code].status} ${reasons[code] ?? "Bad Request"}\r\n${lines.join("")}\r\n${body}`);
};
