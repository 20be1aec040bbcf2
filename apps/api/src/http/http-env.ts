import type { HttpBindings } from "@hono/node-server";
import type { KeyCaller } from "../trpc/context.ts";

/** What a request carries on its way through the middleware. The bindings are absent where there is no socket. */
export type HttpEnv = {
  Bindings: Partial<HttpBindings>;
  Variables: {
    /** Our own id of this request, never the caller's. */
    requestId: string;
    /** The canonical address of the caller; absent when there is no socket. */
    ip: string | undefined;
    /** The caller behind a key; absent when none was sent. */
    key: KeyCaller | undefined;
    /** The parsed body; absent when none was sent. */
    body: { value: unknown; bytes: Uint8Array } | undefined;
  };
};
