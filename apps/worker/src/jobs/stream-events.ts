import { findChannel } from "@countersign/db/channels";
import { logEnd, readGrown } from "@countersign/db/log-places";
import { leaseStream, moveStream, restStream, type SendingStream, streamsBehind } from "@countersign/db/streams";
import { inTransaction } from "@countersign/db/transaction";
import { SecretUnreadable } from "@countersign/service/channel-secrets";
import { eachApart } from "../channels/each-apart.ts";
import { batchOf } from "../channels/event-batch.ts";
import { type Outbound, postChecked } from "../channels/post-checked.ts";
import { signedHeaders } from "../channels/signed.ts";
import { tellFailed } from "../channels/tell-failed.ts";
import type { Deps } from "../deps.ts";

/** Longer than a call may last; whoever dies leaves the batch to be sent again after it. */
const leaseMs = 30_000;
const firstRestMs = 1000;
const longestRestMs = 600_000;
/** A receiver that names a time is asked again then, within an hour. */
const longestWaitMs = 3_600_000;
/** After so long without an answer an event tells of it. A stream never gives up: the log is what it sends from. */
const tellAfterMs = 24 * 3_600_000;

const restAfter = (failures: number, retryAfterMs: number | null): number =>
  Math.max(
    Math.min(longestRestMs, firstRestMs * 2 ** Math.min(failures, 20)),
    Math.min(longestWaitMs, retryAfterMs ?? 0),
  );

/** Nothing was taken: the stream rests, its channel shows why, and after a day an event tells of it. */
const rest = (
  deps: Deps,
  stream: Pick<SendingStream, "id" | "name" | "failures"> & { lease: string | null },
  answer: string,
  retryAfterMs: number | null,
) =>
  inTransaction(deps.db, async (tx) => {
    const restMs = restAfter(stream.failures, retryAfterMs);
    if (!(await restStream(tx, stream, { answer, restMs, tellAfterMs }))) return;
    await tellFailed(tx, deps, stream, answer, { headline: "events since a day ago" });
  });

/** Sends the next events of a stream; true when there may be more to send at once. */
const sendNext = async (deps: Deps, outbound: Outbound, id: number, stop: AbortSignal): Promise<boolean> => {
  const { db, crashPoint } = deps;
  const stream = await leaseStream(db, id, leaseMs);
  if (stream === undefined) return false;
  const { place, format, filter } = stream;
  const grown = await readGrown(db, filter, place, await logEnd(db), Number.POSITIVE_INFINITY);
  // A log that is shorter than what was sent of it: restored, and stopped until an operator decides.
  if (grown.isBehind) return false;
  if (grown.rows.length === 0) {
    await inTransaction(db, (tx) => moveStream(tx, stream, { next: grown.next, taken: 0 }));
    return !grown.isAtEnd;
  }
  const batch = batchOf(grown.rows, format, { origin: outbound.ownOrigin });
  const until = grown.rows[batch.count - 1]?.nextIndex ?? place.index;
  // Another batch has another key, also from the same place: it may have grown since, or be asked for anew.
  const key = `stream.${id}.${stream.version}.${place.epoch}-${place.index}-${until}`;
  const headers = signedHeaders(stream, outbound, key, batch);
  const sent = await postChecked(stream.url ?? "", batch.body, headers, outbound, stop);
  if (sent.outcome === "sent") {
    crashPoint("after_stream");
    const isWhole = batch.count === grown.rows.length;
    const next = isWhole ? grown.next : { epoch: place.epoch, index: until };
    const isMoved = await inTransaction(db, (tx) => moveStream(tx, stream, { next, taken: batch.count }));
    if (!isMoved) return true;
    return !isWhole || !grown.isAtEnd;
  }
  // Whoever is told to stop in the middle of a call does not know what became of it: the lease runs out and it is sent again.
  if (stop.aborted || sent.outcome === "held") return false;
  await rest(deps, stream, sent.answer, sent.retryAfterMs);
  return false;
};

/**
 * Sends what is new in the log to those who stream it, in its order, each stream by itself and one call at a time: a slow
 * receiver falls behind and keeps nobody waiting. Every event is sent at least once. `settle` waits for what is under way.
 */
export const streamEvents = (
  deps: Deps,
  outbound: Outbound,
): { run: (stop: AbortSignal) => Promise<void>; settle: () => Promise<void> } => {
  const sendAll = async ({ id }: { id: number }, stop: AbortSignal): Promise<void> => {
    while (!stop.aborted && (await sendNext(deps, outbound, id, stop)));
  };
  const { begin, settle } = eachApart(sendAll, async (error, { id }) => {
    deps.log.warn({ err: error, channel: id }, "a stream could not be sent");
    const stream = await findChannel(deps.db, id).catch(() => undefined);
    const why = error instanceof SecretUnreadable ? error.message : "the log could not be read for it";
    if (stream !== undefined) await rest(deps, { ...stream, lease: null }, why, null).catch(() => undefined);
  });
  return {
    run: async (stop) => {
      const ids = await streamsBehind(deps.db, await logEnd(deps.db));
      begin(
        ids.map((id) => ({ id })),
        stop,
      );
    },
    settle,
  };
};
