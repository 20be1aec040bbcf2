import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Seen = { at: number; path: string; headers: IncomingHttpHeaders; body: string };
type Exchange = { seen: Seen; response: ServerResponse; forward: () => Promise<Response> };
export type Fault = (exchange: Exchange) => unknown;

const answer = (response: ServerResponse, status: number, headers: Record<string, string>, body: string): void => {
  response.writeHead(status, headers).end(body);
};

const pass: Fault = async ({ response, forward }) => {
  const from = await forward();
  answer(response, from.status, { "content-type": "application/json" }, await from.text());
};

export const faults = {
  pass,
  cutBefore: ({ response }) => response.destroy(),
  cutAfter: async ({ response, forward }) => {
    await (await forward()).text();
    response.destroy();
  },
  cutInside: async ({ response, forward }) => {
    const body = await (await forward()).text();
    response.writeHead(200, { "content-length": String(body.length) }).write(body.slice(0, body.length / 2), () => {
      response.destroy();
    });
  },
  hang: () => undefined,
  busy: ({ response }) => answer(response, 503, {}, "<h1>Service unavailable</h1>"),
  lostAfter: async ({ response, forward }) => {
    await (await forward()).text();
    answer(response, 503, {}, '{"error":{"json":{"message":"m","data":{"reason":"outcome_unknown"}}}}');
  },
} satisfies Record<string, Fault>;

/** Answers in its own words instead of the server's. */
export const words =
  (status: number, body = "", headers: Record<string, string> = {}): Fault =>
  ({ response }) =>
    answer(response, status, headers, body);

/** Stands between a client and `target`, sees each request and does to it what `next` says. */
export const openFaultProxy = async (target: string, next: (seen: Seen) => Fault = () => pass) => {
  const seen: Seen[] = [];
  const answered = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const one: Seen = { at: performance.now(), path: request.url ?? "", headers: request.headers, body };
    seen.push(one);
    const { host: _host, connection: _connection, "content-length": _length, ...headers } = request.headers;
    const hasBody = request.method !== "GET";
    const forward = () =>
      fetch(target + one.path, {
        method: request.method ?? "GET",
        headers: headers as Record<string, string>,
        ...(hasBody && { body }),
      });
    await next(one)({ seen: one, response, forward });
  };
  const server = createServer((request, response) => {
    answered(request, response).catch(() => response.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
