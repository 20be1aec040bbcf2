import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./step.ts";

test.each([
  ["packages/audit/src", "@countersign/db/client"],
  ["packages/db/src", "@countersign/queue/publish"],
  ["packages/queue/src", "@countersign/db/client"],
  ["packages/client/src", "@countersign/api/testing"],
  ["packages/client/src", "node:fs"],
  ["apps/api/src", "bullmq"],
  ["apps/worker/src", "@countersign/api/router"],
  ["apps/witness/src", "@countersign/db/client"],
  ["apps/web/src", "@countersign/db/client"],
])("in %s the lint refuses %s", (folder, name) => {
  const place = mkdtempSync(join(tmpdir(), "countersign-lint-"));
  const { vcs: _vcs, ...rules } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
  writeFileSync(join(place, "biome.json"), JSON.stringify(rules));
  mkdirSync(join(place, folder), { recursive: true });
  const lint = (imported: string) => {
    writeFileSync(join(place, folder, "probe.ts"), `export { probe } from "${imported}";\n`);
    const args = ["lint", "--only=noRestrictedImports", folder];
    return spawnSync(join(root, "node_modules/.bin/biome"), args, { cwd: place }).status;
  };
  expect(lint("zod")).toBe(0);
  expect(lint(name)).toBe(1);
  rmSync(place, { recursive: true });
});
