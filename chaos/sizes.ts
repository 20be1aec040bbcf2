/** How often and how long, in a short run and in a whole one. */
export type Sizes = {
  calmMs: number;
  workerKills: number;
  apiKills: number;
  databaseKills: number;
  crashes: number;
  verifications: number;
  freezeMs: number;
  redisAwayMs: number;
  cuts: number;
  lostAnswers: number;
  /** Months that retention removes, and events in each. */
  aged: { months: number; perMonth: number };
  /** While receivers fail: kills, ends at each of two crash points, and which part of the events is critical. */
  receivers: { kills: number; crashes: number; criticalShare: number };
  mixedMs: number;
};

export const sizes: Record<"short" | "whole", Sizes> = {
  short: {
    calmMs: 2000,
    workerKills: 4,
    apiKills: 2,
    databaseKills: 2,
    crashes: 2,
    verifications: 4,
    freezeMs: 3000,
    redisAwayMs: 2500,
    cuts: 60,
    lostAnswers: 40,
    aged: { months: 3, perMonth: 300 },
    receivers: { kills: 3, crashes: 1, criticalShare: 0.01 },
    mixedMs: 0,
  },
  whole: {
    calmMs: 10_000,
    workerKills: 20,
    apiKills: 20,
    databaseKills: 10,
    crashes: 10,
    verifications: 50,
    freezeMs: 35_000,
    redisAwayMs: 15_000,
    cuts: 600,
    lostAnswers: 500,
    aged: { months: 12, perMonth: 2000 },
    receivers: { kills: 20, crashes: 5, criticalShare: 0.003 },
    mixedMs: 30_000,
  },
};
