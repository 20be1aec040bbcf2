import type { IncomingMessage } from "node:http";
import type { Context } from "hono";
import type { HttpEnv } from "./http-env.ts";
import { limits } from "./limits.ts";

/** The bytes, or why there are none: over the limit, too much being read at once, too slow, or the caller went away. */
export type ReadBody = Uint8Array | "too_large" | "busy" | "too_slow" | "cut_off";

export type BodyReader = (c: Context<HttpEnv>, limit: number) => Promise<ReadBody>;

/**
 * Reads bodies byte by byte as they arrive and stops at the first one too many, whatever length was announced.
 * All bodies being read share one budget, so that many slow senders cannot fill the memory together.
 */
export const createBodyReader = ({
  budget = limits.bodyBytesInFlight,
  requestMs = limits.requestMs,
}: {
  budget?: number;
  requestMs?: number;
} = {}): BodyReader => {
  let held = 0;
  const take = (bytes: number): boolean => {
    held += bytes;
    return held <= budget;
  };
  return async (c, limit) => {
    if (Number(c.req.header("content-length") ?? 0) > limit) return "too_large";
    const gathered = gather(limit, take);
    try {
      const incoming = c.env?.incoming;
      return incoming === undefined
        ? await readStream(c.req.raw.body, gathered)
        : await readIncoming(incoming, gathered, requestMs);
    } finally {
      held -= gathered.size();
    }
  };
};

type Gathered = { add(chunk: Uint8Array): "too_large" | "busy" | null; all(): Uint8Array; size(): number };

const gather = (limit: number, take: (bytes: number) => boolean): Gathered => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return {
    add: (chunk) => {
      size += chunk.length;
      const affordable = take(chunk.length);
      chunks.push(chunk);
      return size > limit ? "too_large" : affordable ? null : "busy";
    },
    all: () => (chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    size: () => size,
  };
};

/** Straight from the socket: going through a web stream costs more than all the rest of an ordinary call. */
const readIncoming = (incoming: IncomingMessage, gathered: Gathered, requestMs: number): Promise<ReadBody> =>
  new Promise((resolve) => {
    const finish = (result: ReadBody): void => {
      clearTimeout(timer);
      incoming.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
      // The server drains what still arrives for half a second, so that the answer is read, and then closes.
      if (result === "too_large" || result === "busy" || result === "too_slow") incoming.pause();
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      const fault = gathered.add(chunk);
      if (fault !== null) finish(fault);
    };
    const onEnd = (): void => finish(gathered.all());
    const onClose = (): void => finish("cut_off");
    if (incoming.destroyed && !incoming.readableEnded && incoming.readableLength === 0) return resolve("cut_off");
    const timer = setTimeout(() => finish("too_slow"), requestMs);
    incoming.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
  });

const readStream = async (body: ReadableStream<Uint8Array> | null, gathered: Gathered): Promise<ReadBody> => {
  if (body === null) return gathered.all();
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return gathered.all();
    const fault = gathered.add(value);
    if (fault !== null) {
      await reader.cancel();
      return fault;
    }
  }
};
