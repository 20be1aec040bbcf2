import type { MessageContext } from "@countersign/audit/alerts/message";
import { type Channel, listChannels, takesMessages } from "@countersign/db/channels";
import {
  type Answered,
  type Claimed,
  channelsWithDue,
  claimNotification,
  holdNotification,
  insertNotification,
  recordFailure,
  recordSent,
  type SendingChannel,
} from "@countersign/db/notifications";
import { inTransaction, type Transaction } from "@countersign/db/transaction";
import type { Send } from "../channels/channel.ts";
import { eachApart } from "../channels/each-apart.ts";
import { tellFailed } from "../channels/tell-failed.ts";
import type { Deps } from "../deps.ts";

/** Longer than a try may last; whoever dies leaves the message to be sent again after it. */
const leaseMs = 30_000;
const firstPauseMs = 10_000;
const longestPauseMs = 3_600_000;
const giveUpMs = 24 * 3_600_000;
/** So many failures in a row open the breaker; then the channel rests ever longer. */
const failuresAllowed = 3;
const firstRestMs = 15_000;
const longestRestMs = 600_000;

const doubling = (firstMs: number, times: number, mostMs: number): number =>
  Math.min(mostMs, firstMs * 2 ** Math.min(times, 20));

/** When a message is tried again; null when its day is over, or when it was but a test. */
const againAfter = ({ attempts, ageMs, message }: Claimed, retryAfterMs: number | null): number | null => {
  if (message.kind === "test") return null;
  const pauseMs = doubling(firstPauseMs, attempts - 1, longestPauseMs);
  const againMs = Math.min(Math.max(pauseMs, retryAfterMs ?? 0), longestPauseMs);
  return ageMs + againMs > giveUpMs ? null : againMs;
};

/** How long a channel rests; a receiver that names a time is left alone by all its messages until then. */
const restAfter = (failures: number, retryAfterMs: number | null): number | null => {
  const askedMs = Math.min(retryAfterMs ?? 0, longestPauseMs);
  const ownMs = failures < failuresAllowed ? 0 : doubling(firstRestMs, failures - failuresAllowed, longestRestMs);
  return Math.max(askedMs, ownMs) || null;
};

/** The message goes to another channel, and an event tells of the one that gave up. */
const passOn = async (
  tx: Transaction,
  deps: Deps,
  channel: SendingChannel,
  { key, alertId, message }: Claimed,
  answer: string,
): Promise<void> => {
  const others = (await listChannels(tx, 100)).filter(
    (other) => other.enabled && takesMessages(other) && other.id !== channel.id,
  );
  const inOrder = (left: Channel, right: Channel): number =>
    left.failures - right.failures || Number(right.isDefault) - Number(left.isDefault) || left.id - right.id;
  const [other] = others.sort(inOrder);
  const passedTo = other === undefined ? {} : { passedTo: other.name };
  await tellFailed(tx, deps, channel, answer, { alert: alertId, headline: message.headline, ...passedTo });
  if (other === undefined) return;
  const subject = key.slice(0, key.lastIndexOf("."));
  const state = { alertId, channel: other, state: "due", reason: null, message, at: message.at } as const;
  await insertNotification(tx, { key: `${subject}.${other.id}`, ...state });
};

type Sending = { deps: Deps; senders: Record<SendingChannel["kind"], Send>; contextOf: () => Promise<MessageContext> };

/** Sends one message of a channel; false when there is none, or when the channel had better rest. */
const sendNext = async ({ deps, senders, contextOf }: Sending, channel: SendingChannel, stop: AbortSignal) => {
  const { db, crashPoint } = deps;
  const claimed = await claimNotification(db, channel.id, leaseMs);
  if (claimed === undefined) return false;
  crashPoint("after_claim");
  const { id, key, message } = claimed;
  const to = claimed.recipients === null ? channel : { ...channel, recipients: [...claimed.recipients] };
  const sent = await senders[channel.kind](to, message, key, await contextOf(), stop);
  if (sent.outcome === "held") {
    await holdNotification(db, id, sent.reason);
    return true;
  }
  if (sent.outcome === "sent") {
    crashPoint("after_send");
    await recordSent(db, id, sent);
    channel.failures = 0;
    return true;
  }
  // Whoever is told to stop in the middle of a try does not know what became of it: the lease runs out and it is sent again.
  if (stop.aborted) return false;
  const isOfChannel = sent.isOfRecipients !== true;
  if (isOfChannel) channel.failures += 1;
  const againMs = againAfter(claimed, sent.retryAfterMs);
  const restMs = message.kind === "test" || !isOfChannel ? null : restAfter(channel.failures, sent.retryAfterMs);
  const { code, answer }: Answered = sent;
  const stillTo = sent.stillTo ?? null;
  await inTransaction(db, async (tx) => {
    await recordFailure(tx, { id, channelId: isOfChannel ? channel.id : null, code, answer, againMs, restMs, stillTo });
    if (againMs === null && message.kind !== "test") await passOn(tx, deps, channel, claimed, answer);
  });
  return restMs === null;
};

/**
 * Sends what is due, each channel by itself, so that one that hangs keeps no other waiting. A message is sent at least once and
 * recorded as sent at most once. `settle` waits for what is under way.
 */
export const deliverMessages = (
  deps: Deps,
  senders: Sending["senders"],
  contextOf: Sending["contextOf"],
): { run: (stop: AbortSignal) => Promise<void>; settle: () => Promise<void> } => {
  const sending: Sending = { deps, senders, contextOf };
  const sendAll = async (channel: SendingChannel, stop: AbortSignal): Promise<void> => {
    while (!stop.aborted && (await sendNext(sending, channel, stop)));
  };
  const { begin, settle } = eachApart(sendAll, (error, { id }) =>
    deps.log.warn({ err: error, channel: id }, "a message could not be sent"),
  );
  return { run: async (stop) => begin(await channelsWithDue(deps.db), stop), settle };
};
