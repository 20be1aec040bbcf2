import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createRecorder } from "@countersign/audit/recorder";
import { monotonicIds } from "@countersign/audit/uuid7";
import { connect } from "@countersign/db/client";
import { type KeptManifest, readManifest, replayErasures } from "@countersign/db/erasure-replay";
import { settingsFromTable } from "@countersign/db/event-type-settings";
import { migrate } from "@countersign/db/migrate";
import { nodeCrypto } from "@countersign/service/crypto";
import { withDatabase } from "./run/database.ts";
import { complain } from "./run/sentence.ts";
import { readSettings } from "./start/settings.ts";

const readManifests = async (folder: string): Promise<KeptManifest[]> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const files = names.filter((name) => name.endsWith(".json")).sort();
  const { sha256 } = nodeCrypto;
  return Promise.all(files.map(async (name) => readManifest(await readFile(join(folder, name), "utf8"), name, sha256)));
};

// To be run once a backup was restored and before anybody works with it: what was erased since must go again.
try {
  const manifests = await readManifests(join(readSettings().dataDir, "erasures"));
  const done = await withDatabase(async (adminUrl) => {
    await migrate(adminUrl);
    const db = connect(adminUrl, { name: "replay-erasures", max: 2, statementTimeoutMs: 600_000 });
    try {
      const nextId = monotonicIds(Date.now, randomBytes);
      const settingsOf = await settingsFromTable(db);
      const { sha256 } = nodeCrypto;
      const recorder = createRecorder({ now: Date.now, nextId, randomBytes, sha256, settingsOf });
      return await replayErasures(db, manifests, { recorder, nextId, sha256, at: new Date().toISOString() });
    } finally {
      await db.end(2);
    }
  });
  for (const { follows, erasure, count, account } of done) {
    const kept = account === "protected" ? " The account is protected in this backup and stays: look at it." : "";
    console.log(`Erasure ${follows} is repeated as ${erasure}: ${count} event${count === 1 ? "" : "s"}.${kept}`);
  }
  console.log(
    done.length === 0
      ? `None of ${manifests.length} erasures has to be repeated.`
      : "Recorded. A worker erases as soon as a checkpoint covers the manifests; see the Retention page.",
  );
} catch (error) {
  complain(error);
  process.exitCode = 1;
}
