import { dayIn } from "@countersign/audit/calendar";
import { findingCodes } from "@countersign/audit/ledger/findings";
import { runVerification } from "@countersign/db/run-verification";
import { logName } from "@countersign/db/sealing";
import { readSettings } from "@countersign/db/system-config";
import {
  endAbandoned,
  lastVerifications,
  requestedVerification,
  type VerificationReport,
  type Verified,
} from "@countersign/db/verification-records";
import { nodeCrypto } from "@countersign/service/crypto";
import type { Deps } from "../deps.ts";
import { createAnchor } from "../sealing/anchor.ts";
import { keepPlatformEvent } from "../sealing/keep-platform-event.ts";
import { anchorFileOf } from "../sealing/open-ledger.ts";

const hourMs = 3_600_000;
/** When the whole log is verified, in the office's time zone. */
const nightly = "01:30";
const positionsInEvent = 20;

type Due = "full" | "since_last" | null;

const minuteIn = (timeZone: string, ms: number): string => {
  const time = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hour12: false }).format(
    ms,
  );
  return `${dayIn(timeZone, ms)} ${time}`;
};

/** What is due: the whole log after 01:30 each day, what is new an hour after the last time, nothing before the first leaf. */
export const dueVerification = (now: number, timeZone: string, { any, full, sealed }: Verified): Due => {
  if (sealed === null) return null;
  const tonight = `${dayIn(timeZone, now)} ${nightly}`;
  const isSince = (at: string) => minuteIn(timeZone, Date.parse(at)) >= tonight;
  if (minuteIn(timeZone, now) >= tonight && !isSince(full ?? sealed)) return "full";
  return now - Date.parse(any ?? sealed) >= hourMs ? "since_last" : null;
};

const inWords = ({ counts }: VerificationReport): string =>
  Object.entries(counts)
    .filter(([code, count]) => count > 0 && !findingCodes[code as keyof typeof findingCodes].valid)
    .map(([code, count]) => `${count} ${code.toLowerCase().replaceAll("_", " ")}`)
    .join(", ");

const eventOf = (report: VerificationReport, origin: string, startedBy: string) => {
  const { ok, from, size, root, verified, found, findings } = report;
  const object = { type: "ledger", id: origin, label: "the log" } as const;
  const count = size - from;
  const facts = { from, size, root, signed: verified?.size ?? 0, startedBy };
  if (ok) return { code: "sys_verify_run", object, facts, metadata: { count } } as const;
  const positions = findings
    .slice(0, positionsInEvent)
    .map(({ code, index, id, part }) => [code, index ?? id ?? "", part ?? ""].join(" ").trim());
  return {
    code: "sys_verify_failed",
    object,
    facts: { ...facts, found, positions },
    metadata: { count, result: inWords(report) },
  } as const;
};

/** Verifies the log when it is due or was asked for, on one worker at a time, and keeps the result as an event. */
export const verifyLogJob =
  (deps: Deps, anchorFile: string, sleep: (ms: number) => Promise<unknown>) =>
  async (signal: AbortSignal): Promise<void> => {
    const { db, now, log } = deps;
    const timeZone = (await readSettings(db))["display.time_zone"];
    const wanted = async () => {
      const asked = await requestedVerification(db);
      const due = asked
        ? asked.fromIndex === 0
          ? "full"
          : "since_last"
        : dueVerification(now(), timeZone, await lastVerifications(db));
      return { asked, due };
    };
    const { asked, due } = await wanted();
    if (due === null) return;
    const run = await runVerification(
      db,
      {
        crypto: nodeCrypto,
        keys: null,
        readAnchors: async (epoch, isCurrent) => {
          const note = isCurrent ? await createAnchor(anchorFileOf(anchorFile, epoch)).read() : null;
          return note === null ? [] : [note];
        },
        full: due === "full",
        startedBy: "worker",
        recordId: asked?.id,
        now,
        sleep,
        signal,
      },
      async () => {
        await endAbandoned(db, new Date(now()).toISOString());
        const again = await wanted();
        return again.due === due && again.asked?.id === asked?.id;
      },
    ).catch((error: unknown) => {
      // A stop is no failure: the next worker verifies again.
      if (signal.aborted) return null;
      throw error;
    });
    if (run === null) return;
    const { report } = run;
    if (!report.ok) log.error({ counts: report.counts, first: report.findings[0] }, "the log is not as it was signed");
    await keepPlatformEvent(deps, eventOf(report, await logName(db), asked?.startedBy ?? "worker"));
  };
