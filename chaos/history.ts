import { createWriteStream } from "node:fs";

/** ok: the answer was yes. fail: it was a clear no, nothing may have happened. unknown: there was no answer, or one that says so. */
export type Outcome = "ok" | "fail" | "unknown";

export type Receipt = { id: string; receivedAt: string; leafHash: string };

/** What a caller sends under an id of its own choice. */
export type StatedEvent = {
  id: string;
  code: string;
  status: "success" | "failed";
  object: { type: string; id: string; label: string };
  notes: string;
};

/** What became of one event as far as its caller can tell. */
export type Fate = { outcome: Outcome; event: StatedEvent; scenario: string; receipt: Receipt | undefined };

/** One call: its ids, how it ended and how long it took. */
export type Call = {
  kind: "record" | "recordMany" | "create";
  ids: readonly string[];
  outcome: Outcome;
  reason: string;
  ms: number;
};

export type History = {
  /** Names the scenario that what follows belongs to. */
  begin(scenario: string): void;
  /** Somebody is about to send this. */
  intend(event: StatedEvent): void;
  add(call: Call, receipts?: readonly Receipt[]): void;
  /** A permit that was created; its event has an id that the server chose. */
  act(permitId: number): void;
  fault(what: string): void;
  /** Every id a caller chose. */
  fates: ReadonlyMap<string, Fate>;
  permits: ReadonlySet<number>;
  calls: readonly (Call & { scenario: string })[];
  /** Answers that no caller should ever get, and repetitions that were answered differently. */
  oddities: string[];
  close(): Promise<void>;
};

// A call that was refused first and lost afterwards may have happened; a yes is a yes for good.
const weight: Record<Outcome, number> = { fail: 0, unknown: 1, ok: 2 };

/** Writes each call and fault as a line of `file` before anything else is done with it. */
export const createHistory = (file: string): History => {
  const stream = createWriteStream(file, { flags: "a" });
  const fates = new Map<string, Fate>();
  const permits = new Set<number>();
  const calls: (Call & { scenario: string })[] = [];
  const oddities: string[] = [];
  const since = Date.now();
  let scenario = "";
  const write = (line: object) => stream.write(`${JSON.stringify({ at: Date.now() - since, ...line })}\n`);

  const settle = (id: string, outcome: Outcome, receipt: Receipt | undefined): void => {
    const fate = fates.get(id);
    if (fate === undefined) throw new Error(`no caller chose ${id}`);
    if (fate.receipt !== undefined && receipt !== undefined && !sameReceipt(fate.receipt, receipt)) {
      oddities.push(`${id} was answered with another receipt the second time`);
    }
    fate.receipt ??= receipt;
    if (weight[outcome] > weight[fate.outcome]) fate.outcome = outcome;
  };

  return {
    begin: (name) => {
      scenario = name;
      write({ scenario });
    },
    intend: (event) => fates.set(event.id, { outcome: "fail", event, scenario, receipt: undefined }),
    add: (call, receipts = []) => {
      write(call);
      calls.push({ ...call, scenario });
      for (const [index, id] of call.ids.entries()) settle(id, call.outcome, receipts[index]);
    },
    act: (permitId) => {
      write({ permitId });
      permits.add(permitId);
    },
    fault: (what) => write({ fault: what }),
    fates,
    permits,
    calls,
    oddities,
    close: () => new Promise((resolve) => stream.end(resolve)),
  };
};

const sameReceipt = (left: Receipt, right: Receipt): boolean =>
  left.id === right.id && left.receivedAt === right.receivedAt && left.leafHash === right.leafHash;
