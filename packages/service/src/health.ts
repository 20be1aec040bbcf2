import { Hono } from "hono";

/** What a check found; further members (a skew, a name) are shown as they are. */
export type CheckResult = { ok: boolean; [fact: string]: boolean | number | string };
export type Check = () => Promise<CheckResult>;

export type HealthOptions = {
  /** Tells this process from one that ran before at the same address. */
  instance: string;
  /** Without these the process cannot do its work. */
  needed: Readonly<Record<string, Check>>;
  /** Without these it works on, more slowly. */
  wanted: Readonly<Record<string, Check>>;
  isDraining: () => boolean;
  now?: () => number;
  /** How long a finding is good for, and how long a check may take. */
  cacheMs?: number;
  timeoutMs?: number;
};

/**
 * `/health/live`: the loop turns. `/health/ready`: 200 `ready` or `degraded`, 503 `not_ready` with Retry-After.
 * Findings are kept for a second, so that asking often costs nothing; errors are never shown.
 */
export const health = (options: HealthOptions): Hono => {
  const { instance, isDraining, now = Date.now, cacheMs = 1000, timeoutMs = 1500 } = options;
  const needed = keepAll(options.needed, { now, cacheMs, timeoutMs });
  const wanted = keepAll(options.wanted, { now, cacheMs, timeoutMs });
  const app = new Hono();
  app.get("/health/live", (c) => c.json({ status: "live", instance }));
  app.get("/health/ready", async (c) => {
    const [must, should] = await Promise.all([askAll(needed), askAll(wanted)]);
    const draining = isDraining();
    const able = !draining && areOk(must);
    const status = !able ? "not_ready" : areOk(should) ? "ready" : "degraded";
    if (!able) c.header("retry-after", "1");
    return c.json({ status, instance, checks: { ...must, ...should, draining } }, able ? 200 : 503);
  });
  return app;
};

type Keeping = { now: () => number; cacheMs: number; timeoutMs: number };

const keepAll = (checks: Readonly<Record<string, Check>>, keeping: Keeping): Record<string, Check> =>
  Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, keep(check, keeping)]));

/** Asks at most once in `cacheMs`, also when many ask at once; a check that throws or hangs is not ok. */
const keep = (check: Check, { now, cacheMs, timeoutMs }: Keeping): Check => {
  let finding: Promise<CheckResult> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (finding !== undefined && now() - askedAt < cacheMs) return finding;
    askedAt = now();
    finding = Promise.race([check(), failAfter(timeoutMs)]).catch(() => ({ ok: false }));
    return finding;
  };
};

const failAfter = (ms: number): Promise<CheckResult> =>
  new Promise((resolve) => setTimeout(resolve, ms, { ok: false }).unref());

const askAll = async (checks: Record<string, Check>): Promise<Record<string, CheckResult>> =>
  Object.fromEntries(
    await Promise.all(Object.entries(checks).map(async ([name, ask]) => [name, await ask()] as const)),
  );

const areOk = (findings: Record<string, CheckResult>): boolean => Object.values(findings).every(({ ok }) => ok);
