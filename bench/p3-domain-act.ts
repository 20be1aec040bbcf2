import { setTimeout as sleep } from "node:timers/promises";
import type { LoadJob } from "./load-job.ts";
import { figure, type Report, ratio } from "./results.ts";
import { inTurn } from "./rounds.ts";
import type { Scene } from "./scene.ts";
import type { Office } from "./stage.ts";

const crowd = 10;
const ms = 2500;

/** Changing a permit with its event, next to the same change that leaves no trace: one caller, and ten at once. */
export const domainAct = async ({ stage, rounds, tell, product, peer }: Scene): Promise<Report> => {
  const { api, cookie, office, stored } = await product("redis");
  const { port: peerPort } = await peer();
  const audited = await makePermits(office, 0);
  const silent = await makePermits(office, crowd);

  /** Milliseconds of one act as its caller waits for it, or of the server when it has many. */
  const time = async (to: Pick<LoadJob, "port" | "path">, ids: readonly number[], connections: number) => {
    const permits = await versionsOf(office, ids);
    const job = { ...to, cookie, connections, bodies: { kind: "permits", permits } as const, until: { ms } };
    const { calls, seconds } = await stage.load(job);
    await stored();
    await sleep(50);
    return (seconds * 1e6) / calls;
  };
  const act = { port: api.port, path: "/trpc/permits.update" };
  const bare = { port: peerPort, path: "/trpc/peer.updatePermit" };

  const figures = await inTurn(
    {
      oneBare: () => time(bare, silent, 1),
      oneAudited: () => time(act, audited, 1),
      manyBare: () => time(bare, silent, crowd),
      manyAudited: () => time(act, audited, crowd),
    },
    rounds,
    tell,
  );

  return {
    results: [
      figure("P3", "permits.update with its event, one caller", "µs an act", figures, "oneAudited"),
      figure("P3", "the same without audit, one caller", "µs an act", figures, "oneBare"),
      figure("P3", `permits.update with its event, ${crowd} callers`, "µs an act", figures, "manyAudited"),
      figure("P3", `the same without audit, ${crowd} callers`, "µs an act", figures, "manyBare"),
      ratio("P3", "with ÷ without, one caller", { atMost: 1.15 }, figures, (round) => round.oneAudited / round.oneBare),
      ratio(
        "P3",
        `with ÷ without, ${crowd} callers`,
        { atMost: 1.15 },
        figures,
        (round) => round.manyAudited / round.manyBare,
      ),
    ],
    notes: [
      `P3: ${ms / 1000} s each, every act changes three fields of a permit of its caller; without audit means the same input, session, right, row lock, rules, UPDATE and transaction. With ${crowd} callers both cores are full, so the worker that stores the events counts as well.`,
    ],
  };
};

const makePermits = async ({ admin }: Office, from: number): Promise<number[]> => {
  const rows = await admin.sql`
    insert into permits (permit_number, type, holder_name, valid_from, valid_to)
    select 'B-' || n, 'building', 'Holder', '2026-11-01', '2027-10-31' from generate_series(${from + 1}::int, ${from + crowd}::int) as n
    returning id::int as id`;
  return rows.map(({ id }) => Number(id));
};

const versionsOf = async ({ admin }: Office, ids: readonly number[]) => {
  const rows = await admin.sql`select id::int as id, version from permits where id = any(${[...ids]}) order by id`;
  return rows.map(({ id, version }) => ({ id: Number(id), version: Number(version) }));
};
