import { expect, test } from "vitest";
import { RefusedAnswer } from "../refused-answer.ts";
import { saveEach } from "./save-each.ts";

const done = { outcome: "done" as const, receipt: null };
const refusal = (reason: string) => new RefusedAnswer("Nothing was changed.", { reason });

test("what is refused stops none of the others, and each result is told as it comes", async () => {
  const told: number[] = [];
  const saved = await saveEach(
    ["a", "b", "c"],
    async (change) => {
      if (change === "b") throw refusal("own_roles");
      return done;
    },
    (results) => told.push(results.length),
  );
  expect(saved.map(({ kind, change }) => [change, kind])).toEqual([
    ["a", "kept"],
    ["b", "refused"],
    ["c", "kept"],
  ]);
  expect(told).toEqual([1, 2, 3]);
});

test.each([refusal("reauthentication_required"), refusal("unauthenticated"), new Error("no answer")])(
  "what would be refused to all is tried once: %s",
  async (error) => {
    const tried: string[] = [];
    const saved = await saveEach(["a", "b", "c"], async (change) => {
      tried.push(change);
      throw error;
    });
    expect(tried).toEqual(["a"]);
    expect(saved.map(({ kind }) => kind)).toEqual(["refused", "untried", "untried"]);
  },
);
