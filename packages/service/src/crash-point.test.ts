import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { mayCrash } from "./crash-point.ts";

const file = JSON.stringify(fileURLToPath(new URL("./crash-point.ts", import.meta.url)));

const passing = (setting: string | undefined, points: readonly string[]) => {
  const code = `import { createCrashPoint } from ${file};
    const crashPoint = createCrashPoint(${JSON.stringify(setting)});
    for (const point of ${JSON.stringify(points)}) { crashPoint(point); process.stdout.write("."); }`;
  const { signal, stdout } = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code]);
  return { signal, passed: stdout.toString().length };
};

test("a process ends as by kill -9 where it was told to, and nowhere else", () => {
  const points = ["after_commit", "after_store", "after_commit", "after_commit"];
  expect(passing("after_commit:2", points)).toEqual({ signal: "SIGKILL", passed: 2 });
  expect(passing("after_store", points)).toEqual({ signal: "SIGKILL", passed: 1 });
  expect(passing(undefined, points)).toEqual({ signal: null, passed: 4 });
});

test("where the product is in use no crash can be asked for", () => {
  expect(mayCrash({ NODE_ENV: "production" })).toBe(true);
  expect(mayCrash({ NODE_ENV: "production", CRASH_AT: "after_store" })).toBe(false);
  expect(mayCrash({ NODE_ENV: "test", CRASH_AT: "after_store" })).toBe(true);
});
