import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLog, type Log } from "./log.ts";

const linesOf = async (write: (log: Log) => void): Promise<Record<string, unknown>[]> => {
  const folder = mkdtempSync(join(tmpdir(), "log-"));
  const file = openSync(join(folder, "log"), "w");
  write(createLog({ level: "info", name: "api", instance: "i1", descriptor: file }));
  const read = () => readFileSync(join(folder, "log"), "utf8");
  await expect.poll(read).toMatch(/last.*\n$/);
  closeSync(file);
  const text = read();
  rmSync(folder, { recursive: true });
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

test("an entry is one JSON line, whatever it says", async () => {
  const [line, ...rest] = await linesOf((log) => log.info({ note: "a\nb\u2028c\u001b[31m" }, "last\nof all"));
  expect(line).toMatchObject({
    level: "info",
    name: "api",
    instance: "i1",
    note: "a\nb\u2028c\u001b[31m",
    msg: "last\nof all",
  });
  expect(rest).toEqual([]);
});

test("credentials are masked by their name and by their look", async () => {
  const secrets = [
    "hunter2",
    "cs_ab12_0123456789abcdefghij0123456789ABxx",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
  ];
  const [hunter = "", key = "", jwt = ""] = secrets;
  const lines = await linesOf((log) => {
    log.info(
      { password: hunter, newPassword: hunter, DATABASE_URL: hunter, nested: { list: [{ Cookie: hunter }] } },
      "names",
    );
    log.info({ note: `Bearer ${hunter}`, other: `see ${key}`, url: `postgres://u:${hunter}@h/db` }, `with ${jwt}`);
    log.error(new Error(`could not reach postgres://u:${hunter}@h/db`));
    log.error({ err: new Error(`Bearer ${hunter}`) });
    log.info(`last: ${key}`);
  });
  const text = JSON.stringify(lines);
  for (const secret of [hunter, key.slice(8), jwt]) expect(text).not.toContain(secret);
  expect(lines[1]).toMatchObject({
    note: "Bearer [redacted]",
    other: "see cs_ab12_[redacted]",
    url: "postgres://u:[redacted]@h/db",
  });
});

test("an error tells its kind, code, words and place, but never a query's parameters", async () => {
  const cause = Object.assign(new Error("duplicate key"), { code: "23505", detail: "Key (email)=(ann@example.org)" });
  const failed = new Error("Failed query: insert into users values ($1)\nparams: ann@example.org", { cause });
  const [line] = await linesOf((log) => log.error({ err: failed, requestId: "r1" }, "last"));
  expect(line).toMatchObject({
    requestId: "r1",
    err: { message: "Failed query", cause: { message: "duplicate key", code: "23505" } },
  });
  expect(JSON.stringify(line)).not.toContain("ann@example.org");
  expect(line).toMatchObject({ err: { stack: expect.stringContaining("log.test.ts") } });
});

/** A program that logs far more than a pipe holds, then counts how often its loop turns, then ends or goes on. */
const chatterbox = (end: string): ChildProcess => {
  const program = `
    import { createLog } from ${JSON.stringify(new URL("./log.ts", import.meta.url).href)};
    const log = createLog({ level: "info", name: "api", instance: "i1", maxWaitingBytes: 200_000 });
    for (let n = 0; n < 3000; n += 1) log.info({ n, pad: "x".repeat(300) }, "line");
    let turns = 0;
    setInterval(() => { turns += 1; }, 10);
    setTimeout(() => { process.stderr.write("turns " + turns); ${end} }, 500);
  `;
  return spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "pipe"],
  });
};

test("a reader that stops neither stops the program nor its exit", async () => {
  const child = chatterbox("process.exit(0);");
  let words = "";
  child.stderr?.on("data", (chunk) => {
    words += String(chunk);
  });
  const exited = once(child, "exit");
  const stuck = setTimeout(() => child.kill("SIGKILL"), 10_000);
  expect(await exited).toEqual([0, null]);
  clearTimeout(stuck);
  expect(Number(words.replace("turns ", ""))).toBeGreaterThan(10);
});

test("what nobody read in time is counted once the reader is back", async () => {
  const child = chatterbox("setTimeout(() => process.exit(0), 1000);");
  await once(child.stderr ?? child, "data");
  let text = "";
  child.stdout?.on("data", (chunk) => {
    text += String(chunk);
  });
  await once(child, "close");
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { dropped?: number; n?: number });
  const dropped = lines.reduce((sum, line) => sum + (line.dropped ?? 0), 0);
  expect(dropped).toBeGreaterThan(1000);
  expect(dropped + lines.filter((line) => line.n !== undefined).length).toBe(3000);
});
