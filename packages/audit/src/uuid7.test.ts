import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { isUuid7, monotonicIds, uuid7, uuid7Floor, uuid7Time } from "./uuid7.ts";

const ms = Date.UTC(2026, 10, 23, 3, 17, 36, 123);

test("the example of RFC 9562 appendix A.6 comes out", () => {
  // 0xcc3 behind the version and 0x18 behind the variant are the counter, its lowest 2 bits in a byte of their own.
  const counter = (0xcc3 << 6) | 0x18;
  const random = Uint8Array.of(counter >>> 10, counter >>> 2, counter & 3, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f);
  expect(uuid7(0x017f22e279b0, random)).toBe("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
});
test("an id carries its time and is recognised", () => {
  const id = uuid7(ms, randomBytes(10));
  expect(uuid7Time(id)).toBe(ms);
  expect(isUuid7(id)).toBe(true);
});
test.each([
  ["another version", "017f22e2-79b0-4cc3-98c4-dc0c0c07398f"],
  ["another variant", "017f22e2-79b0-7cc3-c8c4-dc0c0c07398f"],
  ["upper case", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F"],
  ["a brace", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}"],
  ["a line end", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n"],
  ["nothing", ""],
])("%s is not an id of ours", (_, text) => {
  expect(isUuid7(text)).toBe(false);
});
test("too few random bytes are refused", () => {
  expect(() => uuid7(ms, new Uint8Array(9))).toThrow(RangeError);
});
test("the floor of a millisecond is below all its ids and above all earlier ones", () => {
  expect(uuid7Floor(ms)).toBe("01a20668-b8fb-0000-0000-000000000000");
  expect(uuid7Floor(ms) < uuid7(ms, new Uint8Array(10))).toBe(true);
  expect(uuid7(ms - 1, new Uint8Array(10).fill(255)) < uuid7Floor(ms)).toBe(true);
});

const grows = (ids: string[]) => ids.every((id, index) => index === 0 || (ids[index - 1] ?? "") < id);
test("ids grow within one millisecond", () => {
  const next = monotonicIds(() => ms, randomBytes);
  const ids = Array.from({ length: 50_000 }, next);
  expect(grows(ids)).toBe(true);
  expect(ids.every(isUuid7)).toBe(true);
  expect(uuid7Time(ids.at(-1) ?? "")).toBe(ms);
});
test("ids grow when the clock steps back two hours, and follow it once it has caught up", () => {
  const times = [ms, ms + 1, ms - 7_200_000, ms - 7_199_000, ms + 0.7, ms + 1, ms + 5];
  const next = monotonicIds(() => times.shift() ?? ms + 6, randomBytes);
  const ids = Array.from({ length: 8 }, next);
  expect(grows(ids)).toBe(true);
  expect(uuid7Time(ids[6] ?? "")).toBe(ms + 5);
});
test("a full counter moves on to the next millisecond", () => {
  const random = (count: number) => new Uint8Array(count).fill(255);
  const next = monotonicIds(() => ms, random);
  const ids = Array.from({ length: 2 ** 17 + 2 }, next);
  expect(grows(ids)).toBe(true);
  expect(ids.slice(-2).map(uuid7Time)).toEqual([ms, ms + 1]);
});
test("two makers never meet", () => {
  const a = monotonicIds(() => ms, randomBytes);
  const b = monotonicIds(() => ms, randomBytes);
  expect(new Set(Array.from({ length: 20_000 }, (_, index) => (index % 2 ? a() : b()))).size).toBe(20_000);
});
