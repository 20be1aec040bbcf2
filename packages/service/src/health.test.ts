import { expect, test } from "vitest";
import { type Check, health } from "./health.ts";

const fine: Check = async () => ({ ok: true });

const setup = (
  changed: Partial<Record<"database" | "schema" | "clock", Check>> & { queue?: Check; draining?: boolean } = {},
) => {
  const { queue = fine, draining = false, ...needed } = changed;
  let time = 0;
  const app = health({
    instance: "i1",
    needed: { database: fine, schema: fine, clock: async () => ({ ok: true, skewMs: 12 }), ...needed },
    wanted: { queue },
    isDraining: () => draining,
    now: () => time,
    timeoutMs: 50,
  });
  const ready = async () => {
    const answer = await app.request("/health/ready");
    return [answer.status, await answer.json()] as [number, { status: string; checks: Record<string, unknown> }];
  };
  return {
    ready,
    live: async () => (await app.request("/health/live")).status,
    wait: (ms: number) => {
      time += ms;
    },
  };
};

test("ready says what was checked and who answers", async () => {
  expect(await setup().ready()).toEqual([
    200,
    {
      status: "ready",
      instance: "i1",
      checks: {
        database: { ok: true },
        schema: { ok: true },
        clock: { ok: true, skewMs: 12 },
        queue: { ok: true },
        draining: false,
      },
    },
  ]);
});

test("a queue that is away degrades and no more", async () => {
  expect(await setup({ queue: async () => ({ ok: false }) }).ready()).toMatchObject([200, { status: "degraded" }]);
});

test.each<[string, Parameters<typeof setup>[0]]>([
  ["the database is away", { database: () => Promise.reject(new Error("password=hunter2")) }],
  ["the schema is old", { schema: async () => ({ ok: false }) }],
  ["the clock is wrong", { clock: async () => ({ ok: false, skewMs: 61_000 }) }],
  ["a check hangs", { database: () => new Promise(() => undefined) }],
  ["it is draining", { draining: true }],
])("not ready when %s, yet alive", async (_name, changed) => {
  const { ready, live } = setup(changed);
  const [status, body] = await ready();
  expect([status, body.status]).toEqual([503, "not_ready"]);
  expect(JSON.stringify(body)).not.toContain("hunter2");
  expect(await live()).toBe(200);
});

test("findings are kept for a second, however many ask", async () => {
  let asked = 0;
  const { ready, wait } = setup({
    database: async () => {
      asked += 1;
      return { ok: true };
    },
  });
  await Promise.all([ready(), ready(), ready()]);
  wait(999);
  await ready();
  expect(asked).toBe(1);
  wait(1);
  await ready();
  expect(asked).toBe(2);
});
