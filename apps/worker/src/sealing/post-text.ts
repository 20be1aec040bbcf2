import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

export type PostLimits = { connectMs: number; totalMs: number; answerBytes: number };
/** `why` there was no answer, or none that was taken to its end. */
export type TextAnswer = { status: number; body: string } | { status: null; why: string };

/**
 * Sends a text to a server that may be slow, endless or hostile: no redirect is followed, and connecting, the whole call and
 * the size of the answer have limits. Node's fetch has none for connecting.
 */
export const postText = (
  url: URL,
  body: string,
  { connectMs, totalMs, answerBytes }: PostLimits,
  stop: AbortSignal,
): Promise<TextAnswer> =>
  new Promise((resolve) => {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(totalMs)]);
    const isSafe = url.protocol === "https:";
    const headers = { "content-type": "text/plain; charset=utf-8", "content-length": Buffer.byteLength(body) };
    const request = (isSafe ? requestHttps : requestHttp)(url, { method: "POST", headers, signal, agent: false });
    const connecting = setTimeout(() => request.destroy(new Error(`no connection within ${connectMs} ms`)), connectMs);
    const fail = (error: Error): void => {
      clearTimeout(connecting);
      resolve({ status: null, why: error.message });
    };
    request.once("socket", (socket) =>
      socket.once(isSafe ? "secureConnect" : "connect", () => clearTimeout(connecting)),
    );
    request.once("error", fail);
    request.once("response", (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > answerBytes) request.destroy(new Error(`an answer of more than ${answerBytes} bytes`));
      });
      response.once("error", fail);
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
      );
      response.once("close", () => fail(new Error("the answer broke off")));
    });
    request.end(body);
  });
