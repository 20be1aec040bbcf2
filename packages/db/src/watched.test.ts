import { afterEach, expect, test, vi } from "vitest";
import { watch } from "./watched.ts";

afterEach(() => vi.useRealTimers());

const source = () => {
  const answers: ((value: number | Error) => void)[] = [];
  const load = () =>
    new Promise<number>((resolve, reject) =>
      answers.push((value) => (value instanceof Error ? reject(value) : resolve(value))),
    );
  return { answers, load };
};

const watched = async (errors: unknown[] = []) => {
  const { answers, load } = source();
  const making = watch(load, (error) => errors.push(error), 1000);
  answers[0]?.(1);
  return { answers, ...(await making) };
};

test("what another process changed counts a second later", async () => {
  vi.useFakeTimers();
  const { answers, current, stop } = await watched();
  await vi.advanceTimersByTimeAsync(1000);
  answers[1]?.(2);
  await vi.advanceTimersByTimeAsync(0);
  expect(current()).toBe(2);
  stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(answers.length).toBe(2);
});

test("what was asked for before a change does not replace what was asked for since", async () => {
  const { answers, current, refresh, stop } = await watched();
  const early = refresh();
  const late = refresh();
  answers[2]?.(3);
  await late;
  answers[1]?.(2);
  await early;
  expect(current()).toBe(3);
  stop();
});

test("a read that fails is reported and leaves what stood", async () => {
  const errors: unknown[] = [];
  const { answers, current, refresh, stop } = await watched(errors);
  const failing = refresh();
  answers[1]?.(new Error("no database"));
  await failing;
  expect([current(), errors.length]).toEqual([1, 1]);
  stop();
});
