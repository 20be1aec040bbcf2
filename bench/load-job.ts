/** What is sent: nothing at all, events in groups (a group of 1 is a single call), or changes of permits, one a connection. */
export type Bodies =
  | { kind: "empty" }
  | { kind: "events"; seed: number; distinct: number; perCall: number }
  | { kind: "permits"; permits: readonly { id: number; version: number }[] };

export type LoadJob = {
  port: number;
  path: string;
  cookie: string;
  connections: number;
  bodies: Bodies;
  /** When to stop sending; what is under way is waited for. */
  until: { calls: number } | { ms: number };
};

export type LoadReport = {
  calls: number;
  /** Milliseconds since 1970, with fractions: the first call went out. */
  startedAt: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  /** Of the load generator itself. */
  cpuSeconds: number;
  /** Answers that the server was busy (503, nothing kept); the call was made again a little later. */
  busy: number;
  /** The first other answer that was no 200, when there was one. */
  problem: string | null;
};
