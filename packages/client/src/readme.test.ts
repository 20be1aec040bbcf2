import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { openOffice } from "./testing/office.ts";

test("the example of the README runs as printed and leaves its event", async () => {
  const office = await openOffice();
  const folder = new URL("..", import.meta.url);
  const readme = readFileSync(new URL("README.md", folder), "utf8");
  const example = /```ts\n([\s\S]+?)```/.exec(readme)?.[1] ?? "";
  const { id: keyId, text } = await office.key(["permit_export"]);
  const env = { ...process.env, COUNTERSIGN_URL: office.server.url, COUNTERSIGN_KEY: text };
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", example],
    { cwd: folder, env },
  );
  expect(stderr).toBe("");
  const id = /^recorded as (\S+)\n$/.exec(stdout)?.[1];
  expect(await office.stored([id])).toMatchObject([
    { code: "permit_export", metadata: { count: 12, format: "CSV" }, source: `key:${keyId}` },
  ]);
  await office.close();
});
