import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";

export type RedisCheck = { ok: true; warnings: string[] } | { ok: false; sentence: string };

const limitMs = 2000;

/** The address without user and password, or null when it is none. */
const shownAddress = (url: string): string | null => {
  if (!URL.canParse(url)) return null;
  const { protocol, host, pathname } = new URL(url);
  return protocol === "redis:" || protocol === "rediss:" ? `${protocol}//${host}${pathname}` : null;
};

const field = (info: string, name: string): string | undefined =>
  new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];

/** Why there was no connection, in words that hold no secret: Redis' own messages may quote the user name. */
const refusal = (error: Error & { code?: string }): string => {
  if (/NOAUTH|WRONGPASS|invalid (username|password)/i.test(error.message)) return "refused the user or password";
  if (/NOPERM/.test(error.message)) return "does not permit this user INFO, which the queue needs";
  return `did not answer within ${limitMs / 1000} s${error.code ? ` (${error.code})` : ""}`;
};

const readState = async (client: Redis) => {
  await client.connect();
  await client.ping();
  const info = await client.info();
  const policy =
    field(info, "maxmemory_policy") ??
    (await client.config("GET", "maxmemory-policy").then(
      (pair) => (Array.isArray(pair) ? String(pair[1]) : undefined),
      () => undefined,
    ));
  return { version: field(info, "redis_version"), policy, appendOnly: field(info, "aof_enabled") };
};

/**
 * Looks at a Redis before it is used. Not ok, with one sentence for the operator, when it cannot be reached or may
 * evict keys, for then it drops jobs; what is merely unwise comes back as warnings.
 */
export const checkRedis = async (url: string): Promise<RedisCheck> => {
  const address = shownAddress(url);
  if (address === null) return { ok: false, sentence: "REDIS_URL is not a redis:// or rediss:// address." };
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: limitMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    enableReadyCheck: false,
  });
  let cause: Error | undefined;
  client.on("error", (error: Error) => {
    cause = error;
  });
  const timeUp = new AbortController();
  const limit = sleep(limitMs, undefined, { signal: timeUp.signal }).then(() =>
    Promise.reject(new Error("time is up")),
  );
  try {
    const { version, policy, appendOnly } = await Promise.race([readState(client), limit]);
    if (policy !== undefined && policy !== "noeviction") {
      const sentence = `Redis at ${address} has maxmemory-policy ${policy} and may drop jobs; set it to noeviction.`;
      return { ok: false, sentence };
    }
    const warnings = [];
    if (policy === undefined) warnings.push("Redis does not tell its maxmemory-policy; make sure it is noeviction.");
    if (version && Number.parseInt(version, 10) < 7) warnings.push(`Redis is ${version}; 7 or newer is advised.`);
    if (appendOnly === "0") warnings.push("Redis has appendonly off: jobs waiting in it are lost when it restarts.");
    return { ok: true, warnings };
  } catch (error) {
    const reason = refusal(cause ?? (error instanceof Error ? error : new Error(String(error))));
    const sentence = `Redis at ${address} ${reason}; correct REDIS_URL, or unset it to queue in PostgreSQL.`;
    return { ok: false, sentence };
  } finally {
    timeUp.abort();
    limit.catch(() => undefined);
    client.disconnect();
  }
};
