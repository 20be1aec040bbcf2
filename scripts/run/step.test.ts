import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { root } from "./step.ts";

const run = (args: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, ["--import", "tsx", ...args], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });

const quietly = (step: object) => {
  const code = `import { runQuietly } from "./scripts/run/step.ts";
    process.exitCode = (await runQuietly(${JSON.stringify(step)})) ? 0 : 1;`;
  return run(["--input-type=module", "-e", code]);
};

test("a step that passes takes one line, one that fails shows what it said", () => {
  const passed = quietly({ name: "quiet", tool: "sh", args: ["-c", "echo chatter"] });
  expect(passed).toMatchObject({ status: 0, stdout: expect.stringMatching(/^✓ quiet [0-9.]+ s\n$/) });
  const failed = quietly({ name: "loud", tool: "sh", args: ["-c", "echo the reason >&2; exit 3"] });
  expect(failed).toMatchObject({ status: 1, stdout: expect.stringMatching(/^✗ loud [0-9.]+ s\nthe reason\n$/) });
  expect(quietly({ name: "absent", tool: "no-such-tool", args: [] }).status).toBe(1);
});

test("under CI a suite that cannot run is a failure", () => {
  const { status, stderr } = run(["scripts/test.ts", "--project", "unit"], {
    CI: "true",
    REDIS_SERVER: "",
    CHROMIUM: "",
  });
  expect(status).toBe(1);
  expect(stderr).toMatch("the suites on Redis do NOT run");
  expect(stderr).toMatch("Under CI every suite must run.");
});

test("a stop reaches the step that runs, and no other begins", async () => {
  const code = `import { runQuietly, stopWithSteps } from "./scripts/run/step.ts";
    stopWithSteps();
    await runQuietly({ name: "first", tool: "sh", args: ["-c", "echo >&2 begun; sleep 60; true"] });
    await runQuietly({ name: "second", tool: "true", args: [] });`;
  const args = ["--import", "tsx", "--input-type=module", "-e", code];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  await expect.poll(() => spawnSync("pgrep", ["-P", String(child.pid), "sh"]).status, { timeout: 10_000 }).toBe(0);
  child.kill("SIGINT");
  expect((await once(child, "exit"))[0]).toBe(130);
  expect(said).toBe("");
});
