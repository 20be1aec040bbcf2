const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const counterBits = 18;
const tailBytes = 7;

const timeText = (ms: number): string => {
  const digits = ms.toString(16).padStart(12, "0");
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
};

const at = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;
const hexAt = (bytes: Uint8Array, index: number): string => hex[at(bytes, index)] ?? "00";

/** The counter fills the 12 bits behind the version and 6 behind the variant; the tail is random. */
const compose = (ms: number, counter: number, tail: Uint8Array, from: number): string => {
  const high = (0x7000 | (counter >>> 6)).toString(16);
  const low = hex[0x80 | (counter & 0x3f)] ?? "";
  let end = "";
  for (let index = from + 1; index < from + tailBytes; index++) end += hexAt(tail, index);
  return `${timeText(ms)}-${high}-${low}${hexAt(tail, from)}-${end}`;
};

/** A UUIDv7 (RFC 9562 §5.7) of a time in ms and 10 random bytes. */
export const uuid7 = (nowMs: number, random: Uint8Array): string => {
  if (random.length < 10) throw new RangeError("uuid7 needs 10 random bytes");
  const counter = (at(random, 0) << 10) | (at(random, 1) << 2) | (at(random, 2) & 3);
  return compose(Math.floor(nowMs), counter, random, 3);
};

/** True for a UUIDv7 in lower case, the only form that is stored and hashed. */
export const isUuid7 = (text: string): boolean => pattern.test(text);

/** The milliseconds since 1970 that a UUIDv7 claims. */
export const uuid7Time = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** The smallest UUID text of a millisecond, for range bounds: `uuid7Floor(from) <= id && id < uuid7Floor(to)`. */
export const uuid7Floor = (ms: number): string => `${timeText(Math.max(0, Math.floor(ms)))}-0000-0000-000000000000`;

/**
 * A maker of ids that only ever grow within a process, also when the clock stands still or steps back
 * (RFC 9562 §6.2, method 1: a counter of 18 bits with a random start, below it 56 random bits an id).
 */
export const monotonicIds = (now: () => number, randomBytes: (count: number) => Uint8Array): (() => string) => {
  let lastMs = -1;
  let counter = 0;
  let pool = new Uint8Array(0);
  let used = 0;
  const take = (count: number): number => {
    if (used + count > pool.length) {
      pool = Uint8Array.from(randomBytes(128 * tailBytes));
      used = 0;
    }
    used += count;
    return used - count;
  };
  const restart = (ms: number): void => {
    const from = take(3);
    lastMs = ms;
    // The top bit starts clear, so that a millisecond has room for 131 072 ids; then the next one is borrowed.
    counter = ((at(pool, from) & 1) << 16) | (at(pool, from + 1) << 8) | at(pool, from + 2);
  };
  return () => {
    const ms = Math.floor(now());
    if (ms > lastMs) restart(ms);
    else if (counter + 1 < 2 ** counterBits) counter += 1;
    else restart(lastMs + 1);
    return compose(lastMs, counter, pool, take(tailBytes));
  };
};
