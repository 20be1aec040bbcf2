import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DemoMessage } from "../../apps/api/src/demo-office.ts";
import { createDemoFiller } from "./demo-filler.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "countersign-filler-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("what is not asked starts nothing, and how it ended is told once, also when it could not begin", async () => {
  const told: DemoMessage[] = [];
  const filler = createDemoFiller(
    { databaseUrl: "postgres://nobody@127.0.0.1:1/none", dataDir: folder },
    () => undefined,
  );
  const ended = new Promise<void>((resolve) => {
    const answer = (message: DemoMessage) => {
      told.push(message);
      resolve();
    };
    for (const message of [null, "fill-demo", { type: "ready" }]) filler.hear(message, answer);
    filler.hear({ type: "fill-demo" }, answer);
    filler.hear({ type: "fill-demo" }, answer);
  });
  await ended;
  await filler.stop();
  expect(told).toEqual([{ type: "demo-failed", sentence: expect.stringMatching(/\.$/) }]);
}, 60_000);
