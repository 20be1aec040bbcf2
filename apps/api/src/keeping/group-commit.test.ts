import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createGroupCommit } from "./group-commit.ts";

/** Writes that end when the test says so. */
const held = () => {
  const groups: (readonly string[])[] = [];
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const write = (items: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      groups.push(items);
      ends.push({ resolve, reject });
    });
  return { groups, ends, write };
};

test("what arrives in one turn shares a write, and a lone item waits for nothing", async () => {
  const { groups, write } = held();
  const { keep } = createGroupCommit(write);
  void keep("a");
  void keep("b");
  await turn();
  void keep("c");
  await turn();
  expect(groups).toEqual([["a", "b"], ["c"]]);
});

test("never more than two writes run; what comes meanwhile goes with the next one, as one group", async () => {
  const { groups, ends, write } = held();
  const { keep, waiting } = createGroupCommit(write);
  for (const item of ["a", "b", "c", "d"]) {
    void keep(item);
    await turn();
  }
  expect(groups).toEqual([["a"], ["b"]]);
  expect(waiting()).toBe(2);
  ends[1]?.resolve();
  await turn();
  expect(groups).toEqual([["a"], ["b"], ["c", "d"]]);
});

test("an item is kept when its own write is, and a write that fails fails its own items alone", async () => {
  const { ends, write } = held();
  const { keep } = createGroupCommit(write);
  const first = keep("a");
  await turn();
  const second = Promise.allSettled([keep("b"), keep("c")]);
  await turn();
  ends[1]?.reject(new Error("no"));
  expect((await second).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  ends[0]?.resolve();
  await expect(first).resolves.toBeUndefined();
});

test("a group is no larger than a write may be", async () => {
  const { groups, ends, write } = held();
  const { keep } = createGroupCommit(write, 2);
  for (const item of ["a", "b", "c"]) void keep(item);
  await turn();
  ends[0]?.resolve();
  await turn();
  expect(groups).toEqual([["a", "b"], ["c"]]);
});
