import { setTimeout as sleep } from "node:timers/promises";
import type { Caller } from "./caller.ts";
import { type Driver, startLoad } from "./driver.ts";
import type { History } from "./history.ts";
import type { Nemesis } from "./nemesis.ts";
import type { Office, QueueKind } from "./processes.ts";
import type { Random } from "./random.ts";
import type { Sizes } from "./sizes.ts";

export type Stage = {
  office: Office;
  nemesis: Nemesis;
  history: History;
  caller: Caller;
  /** For the faults, and for what the callers send. */
  random: Random;
  loadRandom: Random;
  size: Sizes;
};

export type Scenario = {
  /** Nothing about it depends on the queue: a short run has it once. */
  isOnceEnough?: boolean;
  /** Where it makes sense; without it, on both. */
  only?: QueueKind;
  /** No call may be refused. */
  isUnnoticed?: boolean;
  /** Everything must be stored this soon after it came in. */
  storedWithinMs?: number;
  /** A part that is just starting when its database dies may give up and be started again. */
  mayEnd?: boolean;
  /** Runs under load and hands back what is worth a word in the table. */
  run: (stage: Stage) => Promise<string>;
};

/** Lets callers call while the faults happen, and lets each of them have its answer before it ends. */
export const underLoad = async (
  stage: Stage,
  faults: () => Promise<string>,
  load: (stage: Stage) => Driver = ({ caller, history, loadRandom }) => startLoad(caller, history, loadRandom),
): Promise<string> => {
  const driver = load(stage);
  try {
    await sleep(300);
    return await faults();
  } finally {
    await driver.stop();
  }
};

export const times = async (count: number, act: () => Promise<unknown>): Promise<void> => {
  for (let done = 0; done < count; done++) await act();
};

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
