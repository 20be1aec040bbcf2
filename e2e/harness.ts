import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, chmodSync, constants, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@countersign/queue/testing";
import { type Browser, chromium as engine } from "playwright-core";

const root = new URL("..", import.meta.url).pathname;

export const adminPassword = "Lantern-Quay-7-Gulls-Orbit";

/** Chromium and redis-server: as named by the environment, else as found on the PATH, else empty. */
export const programs = {
  chromium: process.env.CHROMIUM ?? ["chromium", "chromium-browser", "google-chrome"].map(onPath).find(Boolean) ?? "",
  redisServer: process.env.REDIS_SERVER ?? onPath("redis-server"),
};

/** Whether a program is missing here. Says so aloud; under CI, where everything must run, it throws. */
export const isMissing = (name: keyof typeof programs): boolean => {
  if (programs[name] !== "") return false;
  const sentence = `The journeys that need ${name} do NOT run: it is not on this machine.`;
  if (process.env.CI === "true") throw new Error(sentence);
  console.warn(`! ${sentence}`);
  return true;
};

export const openBrowser = (): Promise<Browser> =>
  engine.launch({
    executablePath: programs.chromium,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

export type Product = { url: string; stop: () => Promise<void> };

/** What the product says, and the folder with all that it keeps: database, documents, keys. */
export type WholeProduct = Product & { output: () => string; dataDir: string };

/** Starts the whole product as `npm start` does, on a free port and a folder of its own: empty, or with the demo office in it. */
export const startProduct = async (
  env: Record<string, string> = {},
  office: "new" | "demo" = "new",
): Promise<WholeProduct> => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-journey-"));
  const dataDir = join(folder, "data");
  chmodSync(folder, 0o755);
  const port = await freePort();
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...inherited } = process.env;
  const environment = {
    ...inherited,
    NODE_ENV: "",
    DATA_DIR: dataDir,
    PORT: String(port),
    COUNTERSIGN_ADMIN_PASSWORD: adminPassword,
    ...env,
  };
  const command = (name: string) =>
    spawn(process.execPath, ["scripts/bootstrap.mjs", name], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: environment,
    });
  if (office === "demo") {
    const filling = command("demo");
    const said = readAll(filling);
    const [code] = await once(filling, "exit");
    if (code !== 0) throw new Error(`The demo office was not filled:\n${said()}`);
  }
  const child = command("start");
  const output = readAll(child);
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + 150_000;
  while (!/Ready {2}/.test(output())) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`The product did not start:\n${output()}`);
    }
    await sleep(100);
  }
  return { url: `http://localhost:${port}`, stop, output, dataDir };
};

/** Kills the API of a product, and every one that is started in its place, until it may come back. */
export const stopApi = ({ dataDir }: WholeProduct): { letItBack: () => Promise<void> } => {
  let isOver = false;
  const keepItDown = async () => {
    for (; !isOver; await sleep(50)) {
      const run: { children: { pid: number }[] } = JSON.parse(readFileSync(join(dataDir, "run.json"), "utf8"));
      for (const { pid } of run.children) if (commandOf(pid).includes("apps/api/")) process.kill(pid, "SIGKILL");
    }
  };
  const over = keepItDown();
  return {
    letItBack: () => {
      isOver = true;
      return over;
    },
  };
};

/** Starts a Redis with nothing in it that refuses to evict. */
export const startRedis = async (): Promise<Product> => {
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--maxmemory-policy", "noeviction"];
  const child = spawn(programs.redisServer, args, { stdio: ["ignore", "pipe", "ignore"], cwd: tmpdir() });
  let output = "";
  child.stdout?.on("data", (chunk) => (output += chunk));
  while (!output.includes("Ready to accept connections")) {
    if (child.exitCode !== null) throw new Error(`redis-server did not start:\n${output}`);
    await sleep(20);
  }
  return { url: `redis://127.0.0.1:${port}`, stop: () => end(child) };
};

/** What a process has said so far, on both its streams. */
const readAll = (child: ChildProcess): (() => string) => {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (text += chunk));
  return () => text;
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
};

/** How a process was called; nothing when it has ended. */
function commandOf(pid: number): string {
  try {
    return execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}

function onPath(name: string): string {
  const paths = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
  return paths.find(isExecutable) ?? "";
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
