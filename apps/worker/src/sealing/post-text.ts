import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";

export type PostLimits = { connectMs: number; totalMs: number; answerBytes: number };
/** `why` there was no answer, or none that was taken to its end. */
export type TextAnswer = { status: number; body: string } | { status: null; why: string };
/** What is sent besides the text; `lookup` answers addresses that were checked. */
export type PostOptions = { headers?: Record<string, string>; lookup?: LookupFunction };

/**
 * Sends a text to a server that may be slow, endless or hostile: no redirect is followed, and connecting, the whole call and
 * the size of the answer have limits. Node's fetch has none for connecting.
 */
export const postText = (
  url: URL,
  body: string,
  limits: PostLimits,
  stop: AbortSignal,
  options: PostOptions = {},
): Promise<TextAnswer> =>
  post(url, body, limits, stop, options, (response, resolve, tooLong) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    endAfter(response, limits.answerBytes, tooLong);
    response.once("end", () =>
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
    );
  });

export type StatusAnswer = { status: number; retryAfter: string | undefined } | { status: null; why: string };

/** The same where only the status counts: it is answered as soon as it is there, and the rest is thrown away. */
export const postForStatus = (
  url: URL,
  body: string,
  limits: PostLimits,
  stop: AbortSignal,
  options: PostOptions = {},
): Promise<StatusAnswer> =>
  post(url, body, limits, stop, options, (response, resolve, tooLong) => {
    resolve({ status: response.statusCode ?? 0, retryAfter: response.headers["retry-after"] });
    response.resume();
    endAfter(response, limits.answerBytes, tooLong);
  });

const endAfter = (response: IncomingMessage, bytes: number, tooLong: (error: Error) => void): void => {
  let size = 0;
  response.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > bytes) tooLong(new Error(`an answer of more than ${bytes} bytes`));
  });
};

const post = <Answer>(
  url: URL,
  body: string,
  { connectMs, totalMs }: PostLimits,
  stop: AbortSignal,
  { headers, lookup }: PostOptions,
  take: (response: IncomingMessage, resolve: (answer: Answer) => void, tooLong: (error: Error) => void) => void,
): Promise<Answer | { status: null; why: string }> =>
  new Promise((resolve) => {
    const isSafe = url.protocol === "https:";
    const request = (isSafe ? requestHttps : requestHttp)(url, {
      method: "POST",
      headers: {
        "content-type": "text/plain; charset=utf-8",
        ...headers,
        "content-length": Buffer.byteLength(body),
      },
      signal: stop,
      agent: false,
      ...(lookup !== undefined && { lookup }),
    });
    const connecting = setTimeout(
      () => request.destroy(new Error(`no connection within ${connectMs / 1000} s`)),
      connectMs,
    );
    // A timer of our own: the signal of AbortSignal.timeout may be collected before it fires once AbortSignal.any holds it (Node 20).
    const lasting = setTimeout(() => request.destroy(new Error(`not complete within ${totalMs / 1000} s`)), totalMs);
    request.once("close", () => clearTimeout(lasting));
    const fail = (error: Error): void => {
      clearTimeout(connecting);
      resolve({ status: null, why: error.message });
    };
    request.once("socket", (socket) =>
      socket.once(isSafe ? "secureConnect" : "connect", () => clearTimeout(connecting)),
    );
    request.on("error", fail);
    request.once("response", (response) => {
      response.on("error", fail);
      take(response, resolve, (error) => request.destroy(error));
      response.once("close", () => fail(new Error("the answer broke off")));
    });
    request.end(body);
  });
