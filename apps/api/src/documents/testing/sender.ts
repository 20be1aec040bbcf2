import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Person, TestApi } from "../../testing.ts";
import { uploadAddress } from "./office.ts";

type Named = { type?: string; name?: string };

/** Somebody who sends files over a real socket. */
export const createSender = (url: string, { services }: TestApi, { token }: Person, permitId: number) => {
  const cookie = `${services.accounts.cookie.name}=${token}`;
  const headersOf = (type: string) => ({ cookie, origin: url, "content-type": type });

  /** A file in pieces goes out without a length. */
  const send = (
    file: Uint8Array<ArrayBuffer> | AsyncIterable<Uint8Array>,
    { type = "image/png", name = "a.png" }: Named = {},
    to: { permitId?: number; signal?: AbortSignal; headers?: Record<string, string>; url?: string } = {},
  ): Promise<Response> => {
    const whole = file instanceof Uint8Array;
    const init = {
      method: "POST",
      headers: { ...headersOf(type), ...to.headers },
      body: whole ? file : ReadableStream.from(file),
      ...(!whole && { duplex: "half" }),
      ...(to.signal && { signal: to.signal }),
    };
    return fetch((to.url ?? url) + uploadAddress(to.permitId ?? permitId, { name }), init as RequestInit);
  };

  /** What the answer to a file says. */
  const post = async (file: Uint8Array<ArrayBuffer> | AsyncIterable<Uint8Array>, named: Named = {}) => {
    const answer = await send(file, named);
    const { error } = (await answer.json()) as { error?: { code: string; path?: string } };
    return { status: answer.status, code: error?.code, path: error?.path };
  };

  /** Announces a length, writes these bytes and hears what comes back until the server closes; or hangs up. */
  const byHand = async (length: number, body: Uint8Array, { cut = false, to = permitId } = {}): Promise<string> => {
    const lines = [
      `POST ${uploadAddress(to, { name: "a.png" })} HTTP/1.1`,
      "Host: office",
      `Cookie: ${cookie}`,
      `Origin: ${url}`,
      "Content-Type: image/png",
      `Content-Length: ${length}`,
    ];
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let heard = "";
    socket.on("data", (chunk) => {
      heard += chunk.toString();
    });
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    socket.write(body);
    await (cut ? sleep(100) : Promise.race([once(socket, "close"), sleep(3000)]));
    socket.destroy();
    return heard;
  };

  return { cookie, send, post, byHand };
};

/** Looks again until it is so, at most two seconds. */
export const eventually = async (check: () => Promise<void>): Promise<void> => {
  for (let tries = 1; ; tries++) {
    try {
      return await check();
    } catch (error) {
      if (tries === 40) throw error;
      await sleep(50);
    }
  }
};
