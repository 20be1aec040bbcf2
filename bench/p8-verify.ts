import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { EventDraft } from "@countersign/audit/draft";
import { createRecorder } from "@countersign/audit/recorder";
import { monotonicIds } from "@countersign/audit/uuid7";
import { keepEnvelope } from "@countersign/db/outbox";
import { runVerification } from "@countersign/db/run-verification";
import { countUnsealed } from "@countersign/db/sealing";
import { storeAllWaiting } from "@countersign/db/store";
import { nodeCrypto } from "@countersign/service/crypto";
import { sealLog } from "../apps/worker/src/jobs/seal-log.ts";
import { figure, type Report, ratio } from "./results.ts";
import { inTurn } from "./rounds.ts";
import type { Scene } from "./scene.ts";
import { statedEvents } from "./seeded-events.ts";
import type { Office } from "./stage.ts";

const events = 100_000;
/** So many stand for all when only hashing is measured: in memory all of them would be in the way of the other. */
const sample = 10_000;
const envelope = 500;
const { sha256 } = nodeCrypto;

/** Verifying the whole log, against hashing the same leaves, details and nodes one by one and nothing else. */
export const verifyWholeLog = async ({ stage, rounds, tell }: Scene): Promise<Report> => {
  const office = await stage.office("office_verified");
  const folder = await mkdtemp(join(tmpdir(), "countersign-bench-ledger-"));
  try {
    await fill(office, folder);
    const messages = await readMessages(office);
    const figures = await inTurn(
      {
        bare: async () => {
          const since = performance.now();
          for (let turn = 0; turn < events / sample; turn++) {
            for (const message of messages) createHash("sha256").update(message).digest();
          }
          return perSecond(since);
        },
        verified: async () => {
          const since = performance.now();
          const run = await runVerification(office.admin, {
            crypto: nodeCrypto,
            keys: null,
            readAnchors: async () => [],
            full: true,
            startedBy: "bench",
            now: Date.now,
            sleep,
          });
          if (run?.report.ok !== true || run.report.counts.OK < events) throw new Error("the log is not intact");
          return perSecond(since);
        },
      },
      rounds,
      tell,
    );
    return {
      results: [
        figure("P8", "verifying the whole log", "events/s", figures, "verified"),
        figure("P8", "SHA-256 of its leaves, details and nodes, nothing else", "events/s", figures, "bare"),
        ratio("P8", "verified ÷ bare SHA-256", { atLeast: 0.3 }, figures, (round) => round.verified / round.bare),
      ],
      notes: [
        `P8: ${events.toLocaleString("en")} events of a busy office, sealed and signed; verified from the database: columns, leaves, commitments, positions, tiles, roots. Bare means the same three hashes an event out of memory, by createHash. The product itself hashes by crypto.hash, which takes a fraction of that.`,
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const perSecond = (since: number): number => (events * 1000) / (performance.now() - since);

const fill = async ({ admin }: Office, folder: string): Promise<void> => {
  const nextId = monotonicIds(Date.now, randomBytes);
  const settingsOf = () => ({ enabled: true, severity: "low", policy: "change" }) as const;
  const recorder = createRecorder({ now: Date.now, nextId, randomBytes, sha256, settingsOf });
  const actor = { type: "user", id: "7", label: "Ada Lindqvist", roles: ["manager"] } as const;
  const sealed = statedEvents(8, events).map((stated) => {
    const event = recorder.seal({ ...stated, actor, source: "app", status: "success" } as unknown as EventDraft);
    if (event === null) throw new Error("an event was not recorded");
    return event;
  });
  for (let first = 0; first < events; first += envelope) {
    await keepEnvelope(admin, nextId(), sealed.slice(first, first + envelope));
  }
  await storeAllWaiting(admin);
  const nothing = () => undefined;
  const log = { error: nothing, warn: nothing, info: nothing } as never;
  const deps = { db: admin, recorder, now: Date.now, nextId, publish: nothing, log, crashPoint: nothing };
  const files = { keyFile: join(folder, "log-key.pem"), anchorFile: join(folder, "anchor") };
  const seal = await sealLog(deps, files);
  while ((await countUnsealed(admin)) > 0) await seal(new AbortController().signal);
  await admin.sql`analyze`;
};

/** What is hashed of each event: its leaf, its details with their salt, and one node of the tree. */
const readMessages = async ({ admin }: Office): Promise<Uint8Array[]> => {
  const messages: Uint8Array[] = [];
  const node = randomBytes(65);
  const rows = await admin.sql`select leaf, details, salt from event_log limit ${sample}`;
  for (const { leaf, details, salt } of rows) {
    messages.push(
      Buffer.from(`\0${leaf}`),
      Buffer.concat([Buffer.from("countersign/details/1\n"), salt, Buffer.from(details)]),
      node,
    );
  }
  return messages;
};
