import type { AppRouter } from "@countersign/api/router";
import { monotonicIds } from "@countersign/audit/uuid7";
import { createTRPCClient, httpBatchLink, type TRPCClient } from "@trpc/client";
import superjson from "superjson";
import { type ConnectionOptions, connect } from "./connection.ts";
import { createRecorder, type Recorder, type RecorderOptions } from "./recorder.ts";
import { sendBatch } from "./send-batch.ts";

export { BufferFullError, ClosedError, NotRecordedError, RefusedError, UnansweredError } from "./not-recorded.ts";
export type { Recorded, Recorder, RecorderOptions, RecorderState, SendingProblem } from "./recorder.ts";
export type { StatedEvent, UnansweredEvent } from "./stated-event.ts";

export type CountersignOptions = ConnectionOptions & RecorderOptions;

export type Countersign = Recorder & {
  /** Every call of the server, typed by its router. Nothing is resent here. */
  trpc: TRPCClient<AppRouter>;
};

/** A client of one server as one caller: typed calls, and a recorder that sends each event until it is answered. */
export const createCountersign = (options: CountersignOptions): Countersign => {
  const connection = connect(options);
  const recorder = createRecorder(
    {
      send: (texts, sendOptions) => sendBatch(connection, texts, sendOptions),
      now: Date.now,
      nextId: monotonicIds(Date.now, (count) => crypto.getRandomValues(new Uint8Array(count))),
      random: Math.random,
    },
    options,
  );
  const link = httpBatchLink({
    url: `${connection.url}/trpc`,
    transformer: superjson,
    // The server takes ten calls in a batch and 8 KiB of address.
    maxItems: 10,
    maxURLLength: 6000,
    fetch: (url, init) => connection.fetch(url, init as RequestInit),
  });
  return { trpc: createTRPCClient<AppRouter>({ links: [link] }), ...recorder };
};
