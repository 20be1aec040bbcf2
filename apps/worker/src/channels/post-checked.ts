import type { LookupFunction } from "node:net";
import type { ChannelSecrets } from "@countersign/service/channel-secrets";
import {
  checkTarget,
  type Lookup,
  PrivateAddress,
  type ResolvedAddress,
  resolveTarget,
} from "@countersign/service/outbound";
import { postForStatus } from "../sealing/post-text.ts";
import { type Sent, sendLimits } from "./channel.ts";

export type Outbound = {
  privateHosts: readonly string[];
  ownOrigin: string;
  lookup: Lookup;
  /** Milliseconds since 1970. */
  now: () => number;
  /** What opens the secrets of channels. */
  secrets: Pick<ChannelSecrets, "open">;
};

const failed = (answer: string, code: number | null = null, retryAfterMs: number | null = null): Sent => ({
  outcome: "failed",
  code,
  answer,
  retryAfterMs,
});

/** Answers whoever asks for a name with the addresses that were checked, so that another answer cannot slip in between. */
const only =
  (addresses: readonly ResolvedAddress[]): LookupFunction =>
  (_host, options, answer) => {
    const [first] = addresses;
    if (options.all || first === undefined) answer(null, [...addresses]);
    else answer(null, first.address, first.family);
  };

const withinMs = <Value>(ms: number, promise: Promise<Value>): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no address within ${ms} ms`)), ms);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
};

/** `Retry-After` in milliseconds (RFC 9110 §10.2.3): seconds or a date. */
const waitOf = (header: string | undefined, now: number): number | null => {
  if (header === undefined) return null;
  const ms = /^\d{1,7}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) && ms > 0 ? ms : null;
};

/** Posts to an address that an administrator named: checked once more, its name looked up by us, connected to what was checked. */
export const postChecked = async (
  address: string,
  body: string,
  headers: Record<string, string>,
  { privateHosts, ownOrigin, lookup, now }: Outbound,
  stop: AbortSignal,
): Promise<Sent> => {
  const target = checkTarget(address, { privateHosts, ownOrigin });
  if (!target.ok) return failed("the address may not be called");
  let addresses: readonly ResolvedAddress[];
  try {
    addresses = await withinMs(sendLimits.connectMs, resolveTarget(target, lookup));
  } catch (error) {
    return failed(error instanceof PrivateAddress ? error.message : "the name of the server could not be found");
  }
  const answer = await postForStatus(target.url, body, sendLimits, stop, { headers, lookup: only(addresses) });
  if (answer.status === null) return failed(`no answer: ${answer.why}`);
  const { status, retryAfter } = answer;
  if (status >= 200 && status < 300) return { outcome: "sent", code: status, answer: `answered ${status}` };
  const isRedirect = status >= 300 && status < 400;
  return failed(`answered ${status}${isRedirect ? ", which is not followed" : ""}`, status, waitOf(retryAfter, now()));
};
