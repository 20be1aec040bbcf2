import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { machine, versions } from "./machine.ts";
import { type GoalId, readOptions } from "./options.ts";
import { batchIngest } from "./p1-batch-ingest.ts";
import { singleIngest } from "./p2-single-ingest.ts";
import { domainAct } from "./p3-domain-act.ts";
import { pageQueries } from "./p5-page-queries.ts";
import { removeMonths } from "./p6-retention.ts";
import { verifyWholeLog } from "./p8-verify.ts";
import { showLog } from "./p9-app.ts";
import { type Report, type Result, table } from "./results.ts";
import { openScene, type Scene } from "./scene.ts";
import { openStage } from "./stage.ts";

const goals: { [Id in GoalId]: (scene: Scene) => Promise<Report> } = {
  P1: batchIngest,
  P2: singleIngest,
  P3: domainAct,
  P5: pageQueries,
  P6: removeMonths,
  P8: verifyWholeLog,
  P9: showLog,
};

const tell = (line: string): void => console.log(line);

const run = async (): Promise<void> => {
  const since = performance.now();
  const { only, rounds, json, profile } = readOptions(process.argv.slice(2));
  const folder = profile === undefined ? undefined : resolve(profile);
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  const opening = openStage(folder);
  // A server that is just being started can only be ended once it has.
  const stop = (): void => void opening.then((stage) => stage.end()).finally(() => process.exit(1));
  for (const signal of ["SIGINT", "SIGTERM", "disconnect"]) process.once(signal, stop);
  const stage = await opening;
  const results: Result[] = [];
  const notes: string[] = [];
  const about = { ...machine(), versions: { postgresql: stage.postgresVersion, ...versions() } };
  try {
    const scene = openScene(stage, rounds, tell);
    for (const id of only) {
      tell(id);
      const report = await goals[id](scene);
      results.push(...report.results);
      notes.push(...report.notes);
    }
    const busy = stage.busyAnswers();
    if (busy > 0) notes.push(`${busy} calls were answered 503 and made again: the machine had no room for the bench.`);
  } finally {
    await stage.end();
  }
  const { versions: used, ...place } = about;
  tell(`\n${table(results)}\n`);
  for (const note of notes) tell(note);
  tell(
    `${Object.entries(place)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ")}`,
  );
  tell(
    Object.entries(used)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
  );
  tell(`${rounds} rounds, ${((performance.now() - since) / 1000).toFixed(0)} s in all`);
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ machine: about, results, notes }, null, 2)}\n`);
};

process.channel?.unref();
run().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
