import { join } from "node:path";
import { complain } from "./run/sentence.ts";
import { type Supervised, supervise } from "./start/children.ts";
import { createDemoFiller } from "./start/demo-filler.ts";
import { waitUntilReady } from "./start/health.ts";
import { openLogFile } from "./start/log-file.ts";
import { prepare, shorten } from "./start/prepare.ts";
import { createRunRecord } from "./start/run-record.ts";
import { readSettings } from "./start/settings.ts";
import { onStop } from "./start/until-stopped.ts";
import { buildWebWhenStale } from "./start/web-build.ts";

const DRAIN_LIMIT_MS = 27_000;
const nodeArgs = ["--max-semi-space-size=64", "--import", "tsx"];
const since = performance.now();
const undo: (() => Promise<void>)[] = [];
const parts: Supervised[] = [];
let stopped = false;

onStop(
  () => end(0),
  () => {
    for (const part of parts) part.kill();
    for (const step of undo) void step();
    setImmediate(() => process.exit(1));
  },
);

try {
  await start();
} catch (error) {
  if (!stopped) {
    complain(error);
    await end(1);
  }
}

async function start(): Promise<void> {
  const settings = readSettings();
  const say = (line: string) => console.log(line);
  const { instanceId, adminUrl, api, worker } = await prepare(settings, say, undo);
  await buildWebWhenStale(say);
  if (stopped) return;
  const record = createRunRecord(settings.dataDir);
  const logs = join(settings.dataDir, "logs");
  const demo = createDemoFiller({ databaseUrl: adminUrl, dataDir: settings.dataDir }, openLogFile(logs, "demo"));
  undo.unshift(demo.stop);
  for (const [name, env] of Object.entries({ api, worker })) {
    const part = supervise(
      { name, env, args: [...nodeArgs, `apps/${name}/src/main.ts`] },
      { log: openLogFile(logs, name), tell: say, started: (pid) => record.child(name, pid), heard: demo.hear },
    );
    parts.push(part);
  }
  undo.unshift(async () => {
    record.stopping();
    await Promise.all(parts.map((part) => part.stop(DRAIN_LIMIT_MS)));
  });
  await Promise.all(parts.map((part) => part.ready));
  await waitUntilReady(settings.port, instanceId);
  say(`  Logs        ${shorten(logs)}`);
  say(
    `  Ready       http://localhost:${settings.port}   after ${((performance.now() - since) / 1000).toFixed(1)} s; Ctrl-C stops it`,
  );
}

/** Ends what was begun, last first, and then this process. */
async function end(code: number): Promise<void> {
  if (stopped) return;
  stopped = true;
  if (code === 0) console.log("Stopping …");
  for (const step of undo) await step().catch((error: unknown) => console.error(error));
  process.exit(code);
}
