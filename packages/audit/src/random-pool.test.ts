import { expect, test } from "vitest";
import { pooledRandom } from "./random-pool.ts";

/** Bytes that count upwards, so that each handed out says where it came from; and how often they were asked for. */
const counting = () => {
  let next = 0;
  const asked: number[] = [];
  const source = (count: number): Uint8Array => {
    asked.push(count);
    return Buffer.from(Array.from({ length: count }, () => next++ % 251));
  };
  return { source, asked };
};

test("no byte is handed out twice, and none is left out within a helping", () => {
  const { source, asked } = counting();
  const random = pooledRandom(source);
  const given = Array.from({ length: 128 }, () => random(32));
  expect(Buffer.concat(given)).toEqual(counting().source(4096));
  expect(asked).toEqual([4096]);
  random(1);
  expect(asked).toEqual([4096, 4096]);
});

test("what was handed out stays as it is when more is asked for, and changing it changes nothing else", () => {
  const random = pooledRandom(counting().source);
  const first = random(32);
  const copy = Uint8Array.from(first);
  for (let index = 0; index < 300; index++) random(32).fill(7);
  expect(first).toEqual(copy);
});

test("more than a helping at once is fetched as it is", () => {
  const { source, asked } = counting();
  expect(pooledRandom(source)(5000)).toHaveLength(5000);
  expect(asked).toEqual([5000]);
});
