import { expect, test } from "vitest";
import { createReporter } from "./report.ts";

const setup = () => {
  const said: object[] = [];
  const clock = { ms: 0 };
  const say = (facts: object) => said.push(facts);
  const report = createReporter({ info: say, warn: say, error: say }, () => clock.ms);
  return { said, clock, report };
};
const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });

test("a fault that repeats itself is said once in ten seconds", () => {
  const { said, clock, report } = setup();
  for (clock.ms = 0; clock.ms < 20_000; clock.ms += 100) report("redis")(refused);
  expect(said).toEqual([
    { source: "redis", code: "ECONNREFUSED", reason: "connect ECONNREFUSED" },
    { source: "redis", code: "ECONNREFUSED", reason: "connect ECONNREFUSED" },
  ]);
});

test("other faults and other sources are said beside it", () => {
  const { said, report } = setup();
  report("redis")(refused);
  report("redis")(new Error("READONLY"));
  report("queue store-events")(refused);
  expect(said).toHaveLength(3);
});
