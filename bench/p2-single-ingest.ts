import type { LoadJob, LoadReport } from "./load-job.ts";
import { countEvents } from "./product.ts";
import { figure, type Report, ratio } from "./results.ts";
import { inTurn, median } from "./rounds.ts";
import type { Scene } from "./scene.ts";

const connections = 50;
const ms = 3000;
const seed = 20_262;
const events: LoadJob["bodies"] = { kind: "events", seed, distinct: 200, perCall: 1 };

/** One event a call, answered only when it is durable, next to a call that does nothing and to an INSERT in the request. */
export const singleIngest = async ({ stage, rounds, tell, product, peer }: Scene): Promise<Report> => {
  const { api, cookie, office, stored } = await product("redis");
  const { port } = await peer();
  const p99: number[] = [];
  const calls = async (to: Pick<LoadJob, "port" | "path" | "bodies">): Promise<LoadReport> =>
    stage.load({ ...to, cookie, connections, until: { ms } });
  const rate = ({ calls: done, seconds }: LoadReport): number => done / seconds;

  const figures = await inTurn(
    {
      nothing: async () => rate(await calls({ port, path: "/trpc/peer.nothing", bodies: { kind: "empty" } })),
      parse: async () => rate(await calls({ port, path: "/trpc/peer.parse", bodies: events })),
      record: async () => {
        const before = await countEvents(office);
        const report = await calls({ port: api.port, path: "/trpc/events.record", bodies: events });
        p99.push(report.p99Ms);
        await stored();
        const added = (await countEvents(office)) - before;
        if (added !== report.calls) throw new Error(`${report.calls} events were accepted and ${added} were stored`);
        return rate(report);
      },
      plain: async () => rate(await calls({ port, path: "/trpc/peer.insertPlainly", bodies: events })),
      orm: async () => rate(await calls({ port, path: "/trpc/peer.insertByOrm", bodies: events })),
    },
    rounds,
    tell,
  );

  const times = (of: (round: (typeof figures)[number]) => number): string => median(figures.map(of)).toFixed(1);
  return {
    results: [
      figure("P2", "events.record, durable when answered", "calls/s", figures, "record"),
      figure("P2", "a mutation that does nothing, without input", "calls/s", figures, "nothing"),
      figure("P2", "the same, parsing the same event", "calls/s", figures, "parse"),
      figure("P2", "one INSERT in the request, prepared", "calls/s", figures, "plain"),
      figure("P2", "one INSERT in the request, through the ORM", "calls/s", figures, "orm"),
      ratio("P2", "record ÷ nothing", { atLeast: 0.8 }, figures, ({ record, nothing }) => record / nothing),
      ratio("P2", "record ÷ INSERT", { atLeast: 2 }, figures, ({ record, plain }) => record / plain),
      ratio("P2", "record ÷ INSERT through the ORM", { atLeast: 5 }, figures, ({ record, orm }) => record / orm),
    ],
    notes: [
      `P2: ${connections} connections for ${ms / 1000} s each, the worker storing meanwhile; the peers run on the same server code with the same guards, session and right, and write one flat table with four indexes. record: p99 ${median(p99.slice(1)).toFixed(0)} ms.`,
      `P2: no call can be faster than one that does nothing, which here is ${times(({ nothing, plain }) => nothing / plain)} × the INSERT and ${times(({ nothing, orm }) => nothing / orm)} × the one through the ORM.`,
    ],
  };
};
