import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { monotonicIds } from "@countersign/audit/uuid7";
import type { Answer, Caller, Item } from "./caller.ts";
import type { Call, History, Receipt, StatedEvent } from "./history.ts";
import { pick, type Random, whole } from "./random.ts";

export type Driver = {
  /** Ends the load once every caller has its answer or has tried for `graceMs` to get one. */
  stop(): Promise<void>;
};

type Operation = { kind: Call["kind"]; ids: readonly string[]; input: object };

/** One code of each policy, so that storing writes to many partitions at once. */
const codes = [
  { code: "permit_approve", type: "permit" },
  { code: "permit_update", type: "permit" },
  { code: "document_download", type: "document" },
  { code: "user_update", type: "user" },
] as const;

/** What the office is told of at once. */
const criticalCodes = [
  { code: "permit_delete", type: "permit" },
  { code: "user_delete", type: "user" },
] as const;

const graceMs = 20_000;
const nextId = monotonicIds(Date.now, randomBytes);

/** An event as another service would state it, under an id of its own choice; the notes tell it from every other. */
const statedEvent = (history: History, random: Random, criticalShare: number): StatedEvent => {
  const id = nextId();
  const isCritical = criticalShare > 0 && random() < criticalShare;
  const { code, type } = isCritical ? pick(random, criticalCodes) : pick(random, codes);
  const event: StatedEvent = {
    id,
    code,
    status: random() < 0.1 ? "failed" : "success",
    object: { type, id: String(whole(random, 1, 500)), label: `${type} of ${id}` },
    notes: `note of ${id}, ${"·".repeat(whole(random, 0, 200))}`,
  };
  history.intend(event);
  return event;
};

const operationOf = (history: History, random: Random, criticalShare: number): Operation => {
  const chance = random();
  if (chance < 0.6) {
    const event = statedEvent(history, random, criticalShare);
    return { kind: "record", ids: [event.id], input: event };
  }
  if (chance < 0.85) {
    const events = Array.from({ length: whole(random, 2, 30) }, () => statedEvent(history, random, criticalShare));
    return { kind: "recordMany", ids: events.map(({ id }) => id), input: { events } };
  }
  return { kind: "create", ids: [], input: { type: "building", holderName: `Holder ${nextId()}` } };
};

const procedures: Record<Call["kind"], string> = {
  record: "events.record",
  recordMany: "events.recordMany",
  create: "permits.create",
};

/** Sends an operation once and writes down what came of it. */
const perform = async (caller: Caller, history: History, operation: Operation): Promise<Answer> => {
  const { kind, ids, input } = operation;
  const since = performance.now();
  const answer = await caller.call(procedures[kind], input);
  const { outcome, reason, results, permitId } = answer;
  history.add({ kind, ids, outcome, reason, ms: performance.now() - since }, receiptsOf(results));
  if (permitId !== undefined) history.act(permitId);
  for (const odd of oddAnswers(answer, results)) history.oddities.push(odd);
  return answer;
};

const receiptsOf = (results: readonly Item[]): Receipt[] =>
  results.flatMap(({ receipt }) => (receipt == null ? [] : [receipt]));

/** Under faults a caller gets a yes, a broken connection or 503; each item of a yes is kept. */
const oddAnswers = ({ outcome, reason }: Answer, results: readonly Item[]): string[] => [
  ...(outcome === "fail" && !/^(503 |ECONNREFUSED)/.test(reason) ? [`a call was answered with ${reason}`] : []),
  ...results
    .filter((item) => item.outcome !== "kept" && item.outcome !== "done")
    .map((item) => `an event was answered with ${item.outcome} (${item.reason})`),
];

/**
 * Calls the API from `callers` places at once, about `perSecond` calls in all. Who got no answer sends the same again, as
 * a good client does, save one in ten that gives up; now and then somebody repeats what was answered already.
 */
export const startLoad = (
  caller: Caller,
  history: History,
  random: Random,
  {
    callers = 8,
    perSecond = 120,
    criticalShare = 0,
  }: { callers?: number; perSecond?: number; criticalShare?: number } = {},
): Driver => {
  let stopping = false;
  const pauseMs = (1000 * callers) / perSecond;

  const settle = async (operation: Operation): Promise<void> => {
    const isLost = operation.kind === "create" || random() < 0.1;
    let until = Number.POSITIVE_INFINITY;
    for (let tries = 1; ; tries++) {
      const { outcome } = await perform(caller, history, operation);
      if (outcome === "ok" && operation.ids.length > 0 && random() < 0.05) await perform(caller, history, operation);
      if (outcome === "ok" || (outcome === "unknown" && isLost)) return;
      // A clear no ends it; the next call has a new id.
      if (outcome === "fail") return void (await sleep(20 + random() * 80));
      if (stopping) until = Math.min(until, performance.now() + graceMs);
      if (performance.now() > until) return;
      await sleep(Math.min(500, 20 * 2 ** tries) * (0.5 + random() / 2));
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopping) {
      const since = performance.now();
      await settle(operationOf(history, random, criticalShare));
      await sleep(Math.max(0, pauseMs * (0.5 + random()) - (performance.now() - since)));
    }
  };

  const loops = Array.from({ length: callers }, loop);
  return {
    stop: async () => {
      stopping = true;
      await Promise.all(loops);
    },
  };
};
