import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { createCaller } from "./caller.ts";
import { inspect } from "./checker.ts";
import { runControls } from "./controls.ts";
import { settleMessages } from "./failing-receivers.ts";
import { createHistory } from "./history.ts";
import { isSigned } from "./ledger-check.ts";
import { createNemesis } from "./nemesis.ts";
import { until } from "./part.ts";
import { type Office, openOffice, type QueueKind } from "./processes.ts";
import { seeded } from "./random.ts";
import { repeatSome } from "./repeats.ts";
import { type Line, percentile, summary, table } from "./report.ts";
import { scenarios } from "./scenarios.ts";
import { sizes } from "./sizes.ts";
import type { Scenario, Stage } from "./stage.ts";

// npm run chaos -- [--short] [--on redis|postgres] [--only "workers killed"]; CHAOS_SEED replays a run.
const args = process.argv.slice(2);
const option = (flag: string): string | undefined => args[args.indexOf(flag) + 1 || args.length];
const isShort = args.includes("--short");
const size = sizes[isShort ? "short" : "whole"];
const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const drainLimitMs = 60_000;

let current: Promise<Office> | undefined;
const leave = async (): Promise<void> => {
  await (await current)?.stop();
  process.exit(130);
};
for (const signal of ["SIGINT", "SIGTERM", "disconnect"] as const) process.once(signal, () => void leave());
process.channel?.unref();

const isEmpty = async ({ admin }: Office): Promise<boolean> =>
  (await admin.sql`select from audit_outbox limit 1`.catch(() => [1])).length === 0;

const countEnds = ({ api, workers }: Office): number =>
  [api, ...workers].reduce((sum, part) => sum + part.unexpectedEnds(), 0);

/** One office, every fault after another, then a look at every row. Answers what is broken, in sentences. */
async function runOn(kind: QueueKind, isFirst: boolean): Promise<string[]> {
  const broken: string[] = [];
  const opening = openOffice(kind);
  current = opening;
  const office = await opening;
  const history = createHistory(join(office.dataDir, "history.jsonl"));
  try {
    const random = seeded(seed);
    const caller = await createCaller(office);
    const nemesis = createNemesis(office, history, random);
    const stage: Stage = { office, nemesis, history, caller, random, loadRandom: seeded(seed + 1), size };
    const lines: Line[] = [];
    for (const [name, scenario] of Object.entries(chosen(kind, isFirst))) {
      history.begin(name);
      const endsBefore = countEnds(office);
      const since = performance.now();
      const note = await scenario.run(stage).catch((error: unknown) => {
        broken.push(`${name}: ${error instanceof Error ? error.message : error}`);
        return "given up";
      });
      const drainMs = await until("all is stored", () => isEmpty(office), drainLimitMs).catch(() => drainLimitMs);
      lines.push({ scenario: name, note, drainMs, tookMs: performance.now() - since });
      const ends = countEnds(office) - endsBefore;
      if (ends > 0 && !scenario.mayEnd) broken.push(`${name}: a part of the product ended by itself, ${ends} times`);
    }
    await until("all is signed", () => isSigned(office.admin.sql), drainLimitMs).catch((error: unknown) =>
      broken.push(String(error)),
    );
    await settleMessages(office).catch((error: unknown) => broken.push(String(error)));
    const inspection = await inspect(office, history);
    console.log(`\nQueue on ${kind === "redis" ? "Redis" : "PostgreSQL"}\n${table(lines, history, inspection)}`);
    for (const [name, { isUnnoticed, storedWithinMs }] of Object.entries(chosen(kind, isFirst))) {
      const refused = history.calls.find((call) => call.scenario === name && call.outcome !== "ok");
      if (isUnnoticed && refused) broken.push(`${name}: a call ended with ${refused.reason}, and none should have`);
      const longest = percentile(inspection.lags.get(name) ?? [], 1);
      if (storedWithinMs && longest > storedWithinMs) broken.push(`${name}: stored after ${Math.round(longest)} ms`);
    }
    const { text, broken: found } = summary(history, inspection);
    const { repeated, wrong } = await repeatSome(caller, history, random, 50);
    console.log(`  ${text}`);
    console.log(`  ${repeated} repeated with the same and with other content: ${wrong.length} wrong`);
    broken.push(...found, ...wrong, ...new Set(history.oddities));
    if (isFirst && broken.length === 0) {
      const { names, unnoticed } = await runControls(stage);
      console.log(`  controls: ${names.length - unnoticed.length} of ${names.length} faults made by hand were noticed`);
      broken.push(...unnoticed);
    }
    caller.close();
  } finally {
    await history.close();
    if (broken.length > 0) {
      office.leave();
      console.log(`  history and logs are left in ${office.dataDir}`);
    }
    await office.stop();
    current = undefined;
  }
  return broken;
}

function chosen(kind: QueueKind, isFirst: boolean): Record<string, Scenario> {
  const only = option("--only");
  const all: [string, Scenario][] = Object.entries(scenarios);
  return Object.fromEntries(
    all.filter(
      ([name, scenario]) =>
        (scenario.only ?? kind) === kind &&
        (only === undefined || name.includes(only)) &&
        (isFirst || !isShort || !scenario.isOnceEnough) &&
        (name !== "all of it at once" || size.mixedMs > 0),
    ),
  );
}

const hasRedis = process.env.REDIS_SERVER !== "" && spawnSync("redis-server", ["--version"]).status === 0;
const on = option("--on");
const unknown = option("--only");
if (unknown !== undefined && !Object.keys(scenarios).some((name) => name.includes(unknown))) {
  console.error(`There is no fault "${unknown}"; there are: ${Object.keys(scenarios).join(", ")}.`);
  process.exit(1);
}
const kinds = (["postgres", "redis"] as const).filter((kind) => on === undefined || on === kind);
console.log(`Faults, seed ${seed} (CHAOS_SEED=${seed} repeats them)`);
const since = performance.now();
const all: string[] = [];
for (const [index, kind] of kinds.entries()) {
  if (kind === "redis" && !hasRedis) console.warn("! The faults of Redis do NOT run: there is no redis-server.");
  else all.push(...(await runOn(kind, index === 0)).map((sentence) => `on ${kind}: ${sentence}`));
}
for (const sentence of all) console.error(`✗ ${sentence}`);
console.log(
  `${all.length === 0 ? "✓ nothing broke" : "✗ something broke"}, ${((performance.now() - since) / 1000).toFixed(0)} s`,
);
process.exit(all.length === 0 ? 0 : 1);
