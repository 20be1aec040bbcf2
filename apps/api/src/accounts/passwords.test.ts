import { hash } from "@node-rs/argon2";
import { expect, test } from "vitest";
import { createPasswords, HashingBusy, hashing, passwordProblem } from "./passwords.ts";

const passwords = await createPasswords();
const good = "lantern under seven bridges";

test("a right password is right, however its letters were composed", async () => {
  const stored = await passwords.hash("caf\u00e9 behind the old mill");
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.verify(stored, "cafe\u0301 behind the old mill")).toEqual({ right: true, rehashed: null });
  const other = await passwords.hash("cafe\u0301 behind the old mill");
  expect((await passwords.verify(other, "caf\u00e9 behind the old mill")).right).toBe(true);
  expect(await passwords.verify(stored, "cafe behind the old mill")).toEqual({ right: false, rehashed: null });
});

test("every character counts: two of 80 that differ at the 75th are two", async () => {
  const long = good.repeat(3).slice(0, 80);
  const other = `${long.slice(0, 74)}#${long.slice(75)}`;
  const stored = await passwords.hash(long);
  expect((await passwords.verify(stored, long)).right).toBe(true);
  expect((await passwords.verify(stored, other)).right).toBe(false);
});

test("nobody's password is never right and costs what a real check costs", async () => {
  const stored = await passwords.hash(good);
  const time = async (of: string | null) => {
    const started = performance.now();
    expect((await passwords.verify(of, "wrong wrong wrong wrong")).right).toBe(false);
    return performance.now() - started;
  };
  const times = { real: [] as number[], nobody: [] as number[] };
  for (let round = 0; round < 7; round += 1) {
    times.real.push(await time(stored));
    times.nobody.push(await time(null));
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[3] ?? 0;
  expect(median(times.nobody)).toBeGreaterThan(median(times.real) * 0.2);
  expect((await passwords.verify(null, "\0nobody")).right).toBe(false);
});

test("a text that can be no password is never right", async () => {
  for (const text of [`${good}\0`, `${good}\ud800`, "x".repeat(1_000_000)]) {
    const stored = await hash(text, hashing);
    expect(await passwords.verify(stored, text)).toEqual({ right: false, rehashed: null });
  }
});

test("a hash of other parameters is right and comes back renewed", async () => {
  const old = await hash(good, { ...hashing, memoryCost: 8192 });
  const { right, rehashed } = await passwords.verify(old, good);
  expect(right).toBe(true);
  expect(rehashed).toContain("m=19456,t=2,p=1");
  expect(await passwords.verify(rehashed, good)).toEqual({ right: true, rehashed: null });
  expect((await passwords.verify(old, "wrong wrong wrong wrong")).rehashed).toBeNull();
});

test("only so many are checked or wait at once, the rest is refused, and the line goes on", async () => {
  const narrow = await createPasswords({ atOnce: 1, waiting: 1 });
  const tries = [1, 2, 3, 4].map(() => narrow.verify(null, good).catch((error: unknown) => error));
  const results = await Promise.all(tries);
  expect(results.map((result) => result instanceof HashingBusy)).toEqual([false, false, true, true]);
  expect(await narrow.verify(null, good)).toEqual({ right: false, rehashed: null });
});

test.each([
  ["lantern bridges", null],
  [good, null],
  ["lantern bridge", "too_short"],
  ["🔑".repeat(5) + "🚲🛶🧭🪁🎏".repeat(2), null],
  [`${good} `.repeat(5).slice(0, 128), null],
  [`${good} `.repeat(5).slice(0, 129), "too_long"],
  [`${good}\0`, "forbidden_character"],
  [`${good}\ud800`, "forbidden_character"],
  ["Password1234567", "common"],
  ["correct horse battery staple", "common"],
  ["Passwort-Passwort!", "common"],
  ["clara.neumann 2024", "like_name"],
  ["Clara.NeumannClara.Neumann", "like_name"],
  ["abababababababab", "too_simple"],
  ["abcdefghijklmnopq", "too_simple"],
  ["redred red redredred", "too_simple"],
])("%j as a new password of clara.neumann: %s", (password, problem) => {
  expect(passwordProblem(password, "clara.neumann")).toBe(problem);
});
