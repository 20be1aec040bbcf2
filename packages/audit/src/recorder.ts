import type { EventCode, Policy, Severity } from "./catalogue.ts";
import { type EventDraft, raisedSeverity, type SealedEvent, sealDraft } from "./event.ts";

/** What an administrator has set for an event type at this moment. */
export type TypeSettings = { enabled: boolean; severity: Severity; policy: Policy };

export type RecorderDeps = {
  /** Milliseconds since 1970. */
  now: () => number;
  /** UUIDv7, strictly increasing within the process. */
  nextId: () => string;
  randomBytes: (count: number) => Uint8Array;
  sha256: (bytes: Uint8Array) => Uint8Array;
  settingsOf: (code: EventCode) => TypeSettings;
};

/** What a caller gets for an event that is kept. */
export type Receipt = { id: string; receivedAt: string; leafHash: string };

export type Recorder = {
  /** The event ready to be kept, or null when its type is switched off. An id is given only by callers who chose it. */
  seal: <Code extends EventCode>(draft: EventDraft<Code>, id?: string) => SealedEvent | null;
};

/** ISO 8601 UTC with milliseconds; a batch asks for the same one again and again. */
const isoTimes = (now: () => number): (() => string) => {
  let lastMs = Number.NaN;
  let text = "";
  return () => {
    const ms = now();
    if (ms !== lastMs) {
      text = new Date(ms).toISOString();
      lastMs = ms;
    }
    return text;
  };
};

/** Gives drafts an id, a time, a severity and a salt, and makes the text that is hashed and stored. Touches no database. */
export const createRecorder = ({ now, nextId, randomBytes, sha256, settingsOf }: RecorderDeps): Recorder => {
  const isoNow = isoTimes(now);
  return {
    seal: (draft, id) => {
      const { enabled, severity, policy } = settingsOf(draft.code);
      if (!enabled) return null;
      const stamp = {
        id: id ?? nextId(),
        receivedAt: isoNow(),
        severity: raisedSeverity(severity, draft.status),
        policy,
        salt: randomBytes(32),
      };
      return sealDraft(draft, stamp, sha256);
    },
  };
};
