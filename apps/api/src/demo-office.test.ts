import { expect, test } from "vitest";
import { createDemoOffice } from "./demo-office.ts";

const filled = { type: "demo-filled", usernames: ["a.rossi"], password: "office-1", permits: 3, events: 9 } as const;

test("it is asked for once while it is being filled, and tells how far that is", () => {
  let asked = 0;
  const demo = createDemoOffice(() => (asked += 1));
  demo.start(1);
  demo.start(2);
  expect(asked).toBe(1);
  demo.hear({ type: "demo-progress", percent: 40 });
  expect(demo.state()).toEqual({ kind: "filling", percent: 40 });
});

test("names and password are given once, and to nobody but who asked", () => {
  const demo = createDemoOffice(() => undefined);
  demo.start(1);
  demo.hear(filled);
  expect(demo.state()).toEqual({ kind: "filled", permits: 3, events: 9, peopleWait: true });
  expect(demo.takePeople(2)).toBeNull();
  expect(demo.takePeople(1)).toEqual({ usernames: ["a.rossi"], password: "office-1" });
  expect(demo.takePeople(1)).toBeNull();
  expect(demo.state()).toMatchObject({ peopleWait: false });
});

test("after a failure it can be asked for again, and what else is said on the channel counts for nothing", () => {
  let asked = 0;
  const demo = createDemoOffice(() => (asked += 1));
  for (const message of [null, "demo-filled", { type: "ready" }, {}]) demo.hear(message);
  expect(demo.state()).toEqual({ kind: "offered" });
  demo.start(1);
  demo.hear({ type: "demo-failed", sentence: "The disk is full." });
  expect(demo.state()).toEqual({ kind: "failed", sentence: "The disk is full." });
  demo.start(1);
  expect(asked).toBe(2);
});
