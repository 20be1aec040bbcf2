import { watch } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { complain } from "./run/sentence.ts";
import { root } from "./run/step.ts";
import { requireFreePort } from "./start/checks.ts";
import { type Supervised, supervise } from "./start/children.ts";
import { waitUntilReady } from "./start/health.ts";
import { prepare } from "./start/prepare.ts";
import { readSettings } from "./start/settings.ts";
import { onStop } from "./start/until-stopped.ts";

// The page's address is vite's; the API listens one port further, and api and worker start again at every saved change.
const undo: (() => Promise<void>)[] = [];
const say = (line: string) => console.log(line);
type ViteServer = { listen(): Promise<unknown>; close(): Promise<void> };

onStop(
  () => end(0),
  () => process.exit(1),
);

try {
  const settings = readSettings();
  await requireFreePort(settings.port);
  const address = `http://localhost:${settings.port}`;
  const { instanceId, api, worker } = await prepare({ ...settings, port: settings.port + 1 }, say, undo);
  const parts = {
    api: run("api", { ...api, PUBLIC_URL: address }),
    worker: run("worker", { ...worker, PUBLIC_URL: address }),
  };
  undo.unshift(async () => {
    await Promise.all(Object.values(parts).map((part) => part.stop(5000)));
  });
  await Promise.all(Object.values(parts).map((part) => part.ready));
  await waitUntilReady(settings.port + 1, instanceId);
  restartOnChange(["packages", "apps/api/src"], parts.api);
  restartOnChange(["packages", "apps/worker/src"], parts.worker);
  await serveWeb(settings.port);
  say(`  Ready       ${address}`);
} catch (error) {
  complain(error);
  await end(1);
}

function run(name: string, env: Record<string, string>): Supervised {
  const part = { name, env, args: ["--import", "tsx", `apps/${name}/src/main.ts`] };
  const log = (chunk: Buffer) => process.stdout.write(chunk);
  return supervise(part, { log, tell: say, started: () => undefined });
}

function restartOnChange(folders: string[], part: Supervised): void {
  let timer: NodeJS.Timeout | undefined;
  for (const folder of folders) {
    watch(join(root, folder), { recursive: true }, (_event, file) => {
      if (!file?.endsWith(".ts") || file.endsWith(".test.ts")) return;
      clearTimeout(timer);
      timer = setTimeout(part.restart, 100);
    });
  }
}

async function serveWeb(port: number): Promise<void> {
  process.env.API_URL = `http://127.0.0.1:${port + 1}`;
  const webRoot = join(root, "apps/web");
  const path = createRequire(join(webRoot, "package.json")).resolve("vite");
  const vite = (await import(pathToFileURL(path).href)) as { createServer(options: object): Promise<ViteServer> };
  const server = await vite.createServer({ root: webRoot, server: { port, strictPort: true } });
  await server.listen();
  undo.unshift(() => server.close());
}

async function end(code: number): Promise<void> {
  for (const step of undo.splice(0)) await step().catch((error: unknown) => console.error(error));
  process.exit(code);
}
