import type { OperationResultEnvelope } from "@trpc/client";
import { type Observer, observable } from "@trpc/server/observable";
import { expect, test } from "vitest";
import { answerPassword, withFreshPassword } from "./reauth.ts";

type Result = OperationResultEnvelope<unknown, never>;
const refusal = (reason: string) => Object.assign(new Error(reason), { data: { reason } }) as never;
const done: Result = { result: { type: "data", data: "done" } };

/** Calls with a server that answers these in turn; what came of it, and how often it was asked. */
const call = (answers: readonly (Result | { error: never })[]) => {
  let asked = 0;
  const next = () =>
    observable<Result, never>((observer: Observer<Result, never>) => {
      const answer = answers[asked++];
      if (answer && "error" in answer) observer.error(answer.error);
      else observer.next(answer ?? done);
    });
  const link = withFreshPassword({} as never);
  const ended = new Promise<string>((resolve) => {
    link({ op: {} as never, next: next as never }).subscribe({
      next: () => resolve("done"),
      error: (error) => resolve(String((error as unknown as { data: { reason: string } }).data.reason)),
    });
  });
  return { ended, asked: () => asked };
};
const stale = { error: refusal("reauthentication_required") };

test("an act that wants the password again is repeated once it was given", async () => {
  const one = call([stale, done]);
  const other = call([stale, done]);
  answerPassword(true);
  expect(await Promise.all([one.ended, other.ended])).toEqual(["done", "done"]);
  expect(one.asked()).toBe(2);
});

test("an act ends as it was refused when the password is not given", async () => {
  const { ended, asked } = call([stale, done]);
  answerPassword(false);
  expect(await ended).toBe("reauthentication_required");
  expect(asked()).toBe(1);
});

test("any other refusal asks for nothing", async () => {
  const { ended, asked } = call([{ error: refusal("forbidden") }]);
  expect(await ended).toBe("forbidden");
  expect(asked()).toBe(1);
});
