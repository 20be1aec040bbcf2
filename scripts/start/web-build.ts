import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { acquireLock } from "@countersign/db/embedded/file-lock";
import { StartError } from "@countersign/db/embedded/start-error";
import { root, runSilently } from "../run/step.ts";

const inputs = ["apps/web", "packages/audit/src", "package-lock.json"];
const notInputs = /(^|\/)(node_modules|dist|\.turbo)$|\.test\.tsx?$/;
const stampFile = join(root, "node_modules", ".countersign-web");

export const webDist = join(root, "apps/web/dist");

/** Builds the web app when its sources are not those of the last build. Throws `StartError` when that fails. */
export async function buildWebWhenStale(say: (line: string) => void): Promise<void> {
  if (isCurrent()) return;
  const lock = await acquireLock(join(root, "node_modules"), ".countersign-web-lock", 180_000);
  if ("heldBy" in lock)
    throw new StartError(`Process ${lock.heldBy} has been building the web app for three minutes; end it.`);
  try {
    if (isCurrent()) return;
    const stamp = hashInputs();
    const args = ["run", "build", "--filter=@countersign/web", "--output-logs=errors-only"];
    const { passed, seconds, output } = await runSilently({ name: "web app", tool: "turbo", args });
    if (!passed) {
      process.stderr.write(output);
      throw new StartError("The web app could not be built; the reason is above.");
    }
    say(`  Web app     built in ${seconds} s`);
    writeFileSync(stampFile, stamp);
  } finally {
    await lock.release();
  }
}

const isCurrent = (): boolean =>
  existsSync(join(webDist, "index.html")) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === hashInputs();

function hashInputs(): string {
  const hash = createHash("sha256");
  for (const input of inputs) addTo(hash, input);
  return hash.digest("hex");
}

function addTo(hash: ReturnType<typeof createHash>, path: string): void {
  const full = join(root, path);
  if (notInputs.test(path)) return;
  if (statSync(full).isFile()) hash.update(`${path}\0`).update(readFileSync(full));
  else for (const name of readdirSync(full).sort()) addTo(hash, `${path}/${name}`);
}
