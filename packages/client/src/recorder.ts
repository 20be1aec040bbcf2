import type { CustomerEventCode } from "@countersign/audit/catalogue";
import type { Receipt } from "@countersign/audit/recorder";
import { type Backoff, waitMs } from "./backoff.ts";
import { createEventBuffer, type Entry, type Size } from "./event-buffer.ts";
import { BufferFullError, ClosedError, type NotRecordedError, RefusedError, UnansweredError } from "./not-recorded.ts";
import { watchPage } from "./page.ts";
import type { BatchAnswer, Failure, ItemAnswer, SendOptions } from "./send-batch.ts";
import type { StatedEvent, UnansweredEvent } from "./stated-event.ts";
import { stateEvent } from "./stating.ts";
import { createWait, within } from "./wait.ts";

/** The event is durable; or its type is switched off, so that it was counted and not kept. */
export type Recorded = { outcome: "kept"; receipt: Receipt } | { outcome: "suppressed"; receipt: null };

/** Why events are not being answered at present. Nothing is dropped for it; sending goes on. */
export type SendingProblem = Failure & {
  /** It does not mend by itself: a revoked key, a wrong address. Tried again slowly. */
  isLasting: boolean;
  /** Tries in a row that ended without an answer. */
  attempts: number;
  /** Milliseconds since 1970. */
  since: number;
};

export type RecorderState = {
  /** What waits for its answer, what is being sent included. */
  buffered: Size;
  kept: number;
  suppressed: number;
  /** Never recorded: refused, or not taken. */
  notRecorded: number;
  isClosed: boolean;
  problem: SendingProblem | null;
};

export type RecorderOptions = {
  /** Events and bytes that may wait for an answer: 10 000 and 16 MiB unless told. */
  room?: Partial<Size> | undefined;
  /** Limits of the wait before a resend: 200 ms, doubling up to 30 s unless told. */
  backoff?: Partial<Backoff> | undefined;
  /** Without an answer for so long, a batch is sent again: 30 s unless told. */
  timeoutMs?: number | undefined;
  /** Called for each event that will not be recorded; the promise of `record` is rejected with the same error. */
  onNotRecorded?: ((error: NotRecordedError) => void) | undefined;
  /** Called when answers fail to come (at the third try in a row; at once if it is lasting), and with null when they come again. */
  onProblem?: ((problem: SendingProblem | null) => void) | undefined;
};

export type Recorder = {
  /**
   * Takes one event and sends it, again and again, until it is answered; resolves when it is durable. Rejects with a
   * NotRecordedError. Whoever does not wait for it may ignore the promise: that is never an unhandled rejection.
   */
  record: <Code extends CustomerEventCode>(event: StatedEvent<Code>) => Promise<Recorded>;
  /** Resolves when all that was recorded before is answered, or the time is over; answers how many are not. */
  flush: (options?: { timeoutMs?: number }) => Promise<number>;
  /** Takes nothing more, waits up to 10 s unless told, and answers the events that no answer came for. */
  close: (options?: { timeoutMs?: number }) => Promise<readonly UnansweredEvent[]>;
  state: () => RecorderState;
};

export type RecorderDeps = {
  send: (texts: readonly string[], options: SendOptions) => Promise<BatchAnswer>;
  now: () => number;
  nextId: () => string;
  /** 0 to 1. */
  random: () => number;
};

const MiB = 1024 * 1024;
/** The server takes 500 events and 4 MiB. */
const largestBatch: Size = { events: 500, bytes: 3.5 * MiB };
/** What a browser sends for a page that is gone: 64 KiB, head included. */
const lastWordsBytes = 60 * 1024;
const gatherMs = 10;
const patience = 3;
/** Whoever is closing has no time for long waits. */
const hurriedMs = 1000;

/** A bounded buffer that is sent in the order it was filled, one batch at a time, until every event is answered. */
export const createRecorder = (deps: RecorderDeps, options: RecorderOptions = {}): Recorder => {
  const { send, now, random } = deps;
  const { timeoutMs = 30_000, onNotRecorded, onProblem } = options;
  const room: Size = { events: options.room?.events ?? 10_000, bytes: options.room?.bytes ?? 16 * MiB };
  const backoff: Backoff = { firstMs: options.backoff?.firstMs ?? 200, mostMs: options.backoff?.mostMs ?? 30_000 };
  const buffer = createEventBuffer(room);
  const counts = { kept: 0, suppressed: 0, notRecorded: 0 };
  const wait = createWait();
  const page = watchPage(wait.wake);
  const closing = new AbortController();
  let closed: Promise<readonly UnansweredEvent[]> | null = null;
  let isRunning = false;
  let problem: SendingProblem | null = null;
  let isTold = false;
  let most = largestBatch;

  const refuse = (error: NotRecordedError): void => {
    counts.notRecorded += 1;
    // On its own turn: what a listener throws is the listener's affair.
    if (onNotRecorded !== undefined) queueMicrotask(() => onNotRecorded(error));
  };
  const tell = (value: SendingProblem | null): void => {
    isTold = value !== null;
    if (onProblem !== undefined) queueMicrotask(() => onProblem(value));
  };

  const onAnswered = (batch: readonly Entry[], items: readonly ItemAnswer[]): void => {
    buffer.dropOldest(batch.length);
    most = { events: Math.min(most.events * 2, largestBatch.events), bytes: most.bytes };
    problem = null;
    if (isTold) tell(null);
    for (const [index, answer] of items.entries()) batch[index]?.settle(answer);
  };

  const onFailed = async ({ failure, isLasting, retryAfterMs }: Extract<BatchAnswer, { kind: "failed" }>) => {
    const isNews = !isTold || problem?.reason !== failure.reason;
    const attempts = (problem?.attempts ?? 0) + 1;
    problem = { ...failure, isLasting, attempts, since: problem?.since ?? now() };
    if (isNews && (isLasting || attempts >= patience)) tell(problem);
    const limits = closed === null ? backoff : { ...backoff, mostMs: Math.min(backoff.mostMs, hurriedMs) };
    await wait.pause(waitMs(limits, { attempts, isLasting, retryAfterMs }, random), retryAfterMs > 0);
  };

  /** Halves what is sent until the event that is the cause stands alone. */
  const onIndigestible = (batch: readonly Entry[], { status, ...failure }: IndigestibleFailure): void => {
    if (batch.length === 1) onAnswered(batch, [{ outcome: "refused", receipt: null, ...failure }]);
    // What stands between here and the server takes no more than so much, and will not later.
    else if (status === 413) most = { ...most, bytes: bytesOf(batch) / 2 };
    else most = { ...most, events: Math.floor(batch.length / 2) };
  };

  const run = async (): Promise<void> => {
    isRunning = true;
    // Whatever is recorded in the same turn goes together.
    await Promise.resolve();
    for (let isFirst = true; buffer.size().events > 0 && !closing.signal.aborted; isFirst = false) {
      if (!isFirst && buffer.size().events < most.events) await wait.pause(gatherMs);
      const isHidden = page.isHidden();
      const batch = buffer.oldest(isHidden ? { ...most, bytes: Math.min(most.bytes, lastWordsBytes) } : most);
      const answer = await send(
        batch.map(({ text }) => text),
        { timeoutMs, signal: closing.signal, keepalive: isHidden && bytesOf(batch) <= lastWordsBytes, now },
      );
      if (closing.signal.aborted) break;
      if (answer.kind === "failed") await onFailed(answer);
      else if (answer.kind === "indigestible") onIndigestible(batch, answer.failure);
      else onAnswered(batch, answer.items);
    }
    isRunning = false;
  };

  const take = (event: StatedEvent): Promise<Recorded> => {
    if (closed !== null) {
      throw new ClosedError("Not recorded: the recorder is closed.", { reason: "closed", event });
    }
    const { text, bytes } = stateEvent(event, deps);
    const { promise, resolve, reject } = withResolvers<Recorded>();
    const entry: Entry = {
      text,
      bytes,
      settle: (answer) => {
        if (answer.outcome === "refused") {
          const error = new RefusedError(answer.message, { ...answer, event: JSON.parse(text) });
          refuse(error);
          reject(error);
        } else {
          counts[answer.outcome] += 1;
          resolve(answer);
        }
      },
      giveUp: () => {
        const facts = { reason: "unanswered", event: JSON.parse(text) };
        reject(new UnansweredError("Closed before an answer came: it may be recorded or not.", facts));
      },
      settled: promise.catch(() => undefined),
    };
    if (!buffer.add(entry)) {
      const size = buffer.size();
      const message = `Not recorded: ${size.events} events of ${size.bytes} bytes wait for an answer, and there is no room for more.`;
      throw new BufferFullError(message, { reason: "buffer_full", event: JSON.parse(text) });
    }
    if (!isRunning) void run();
    return promise;
  };

  const flush: Recorder["flush"] = async ({ timeoutMs: limitMs } = {}) => {
    const waiting = buffer.all();
    // They are answered in their order.
    await within(limitMs, waiting.at(-1)?.settled);
    const left = new Set(buffer.all());
    return waiting.filter((entry) => left.has(entry)).length;
  };

  const finish = async (limitMs: number): Promise<readonly UnansweredEvent[]> => {
    wait.wake();
    await flush({ timeoutMs: limitMs });
    closing.abort();
    wait.end();
    page.stop();
    const left = buffer.all();
    buffer.dropOldest(left.length);
    for (const entry of left) entry.giveUp();
    return left.map(({ text }) => JSON.parse(text));
  };

  return {
    record: (event) => {
      try {
        return take(event);
      } catch (error) {
        if (error instanceof RefusedError || error instanceof BufferFullError || error instanceof ClosedError)
          refuse(error);
        const rejected = Promise.reject(error);
        rejected.catch(() => undefined);
        return rejected;
      }
    },
    flush,
    close: ({ timeoutMs: limitMs = 10_000 } = {}) => {
      closed ??= finish(limitMs);
      return closed;
    },
    state: () => ({ buffered: buffer.size(), ...counts, isClosed: closed !== null, problem }),
  };
};

const bytesOf = (batch: readonly Entry[]): number => batch.reduce((sum, { bytes }) => sum + bytes, 0);

type IndigestibleFailure = Extract<BatchAnswer, { kind: "indigestible" }>["failure"];

/** `Promise.withResolvers`, which Node has from 22 on. */
const withResolvers = <Value>() => {
  let resolve: (value: Value) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<Value>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
};
