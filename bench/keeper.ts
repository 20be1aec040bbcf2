import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createRecorder } from "@countersign/audit/recorder";
import { monotonicIds } from "@countersign/audit/uuid7";
import { connect } from "@countersign/db/client";
import { keepEnvelope } from "@countersign/db/outbox";

// A process of its own: it keeps one event after the other from `start` on, and says at `stop` how long that took.

export type KeepOrder = { act: "start" | "stop" };
export type KeepReport = { calls: number; p99Ms: number };

const db = connect(process.env.DATABASE_URL ?? "", { name: "bench keeper", max: 1 });
const nextId = monotonicIds(Date.now, randomBytes);
const recorder = createRecorder({
  now: Date.now,
  nextId,
  randomBytes,
  sha256: (bytes) => createHash("sha256").update(bytes).digest(),
  settingsOf: () => ({ enabled: true, severity: "low", policy: "change" }),
});
const pauseMs = 2;
let times: number[] = [];
let running: Promise<void> | undefined;
let isOver = false;

const keepOn = async (): Promise<void> => {
  for (; !isOver; await sleep(pauseMs)) {
    const event = recorder.seal({
      code: "permit_update",
      status: "success",
      actor: { type: "platform" },
      source: "app",
    });
    if (event === null) throw new Error("the event was not sealed");
    const since = performance.now();
    await keepEnvelope(db, nextId(), [event]);
    times.push(performance.now() - since);
  }
};

const acts: Record<KeepOrder["act"], () => Promise<KeepReport>> = {
  start: async () => {
    [times, isOver] = [[], false];
    running = keepOn();
    return { calls: 0, p99Ms: 0 };
  },
  stop: async () => {
    isOver = true;
    await running;
    times.sort((one, other) => one - other);
    return { calls: times.length, p99Ms: times[Math.ceil(times.length * 0.99) - 1] ?? 0 };
  },
};

process.on("message", ({ act }: KeepOrder) => {
  acts[act]().then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.send?.({ port: 0 });
