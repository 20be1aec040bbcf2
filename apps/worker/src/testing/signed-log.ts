import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testRecorder } from "@countersign/audit/testing/recorder";
import { syncEventTypes } from "@countersign/db/event-types";
import { keepEnvelope } from "@countersign/db/outbox";
import { storeAllWaiting } from "@countersign/db/store";
import { createTestDatabase, type TestDatabase } from "@countersign/db/testing";
import type { Deps } from "../deps.ts";
import { sealLog } from "../jobs/seal-log.ts";

/** A log that is kept, stored, sealed and signed by the worker's own code, under a clock of the test. */
export type SignedLog = {
  database: TestDatabase;
  deps: Deps;
  keyFile: string;
  anchorFile: string;
  /** What was logged as an error. */
  errors: unknown[][];
  /** Keeps so many events and answers their ids. */
  keep: (count: number) => Promise<string[]>;
  store: () => Promise<void>;
  /** Lets a second pass, seals what is stored and signs it. */
  seal: () => Promise<void>;
  pass: (ms: number) => void;
  anchor: () => Promise<string>;
  end: () => Promise<void>;
};

/** `startMs`: where its clock begins; else at noon, so that no hour that a test lets pass is the one of the nightly work. */
export const openSignedLog = async (startMs = new Date().setUTCHours(12, 0, 0, 0)): Promise<SignedLog> => {
  const database = await createTestDatabase();
  await syncEventTypes(database.admin, false, async () => undefined);
  const folder = await mkdtemp(join(tmpdir(), "countersign-ledger-"));
  let time = startMs;
  const { recorder, nextId } = testRecorder("read", () => time);
  const errors: unknown[][] = [];
  const log = { error: (...line: unknown[]) => errors.push(line), warn: () => undefined, info: () => undefined };
  const deps: Deps = {
    db: database.worker,
    recorder,
    now: () => time,
    nextId,
    publish: () => undefined,
    log: log as never,
    crashPoint: () => undefined,
  };
  const files = { keyFile: join(folder, "log-key.pem"), anchorFile: join(folder, "anchor") };
  const run = await sealLog(deps, files);
  const oneEvent = (number: number) => {
    const event = recorder.seal({
      code: "permit_assign",
      status: "success",
      actor: { type: "user", id: "7", label: "Ada Lindqvist", roles: ["manager"] },
      source: "app",
      object: { type: "permit", id: String(number), label: `B-${number}` },
      target: { type: "user", id: "8", label: "Bruno Okafor" },
      request: { id: `r${number}`, method: "POST", endpoint: `/api/permits/${number}/assign`, ip: "192.0.2.7" },
      approvalId: "11",
      notes: "counter 3",
    });
    if (event === null) throw new Error("the event was not sealed");
    return event;
  };
  return {
    database,
    deps,
    ...files,
    errors,
    keep: async (count) => {
      const events = Array.from({ length: count }, (_, number) => oneEvent(number));
      for (let first = 0; first < count; first += 500) {
        await keepEnvelope(database.api, nextId(), events.slice(first, first + 500));
      }
      return events.map(({ id }) => id);
    },
    store: async () => {
      await storeAllWaiting(database.worker);
    },
    seal: async () => {
      time += 1000;
      await run(new AbortController().signal);
    },
    pass: (ms) => {
      time += ms;
    },
    anchor: () => readFile(files.anchorFile, "utf8"),
    end: async () => {
      await rm(folder, { recursive: true, force: true });
      await database.drop();
    },
  };
};
