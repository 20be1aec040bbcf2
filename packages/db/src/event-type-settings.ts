import type { EventCode, Policy, Severity } from "@countersign/audit/catalogue";
import type { TypeSettings } from "@countersign/audit/recorder";
import type { Database } from "./client.ts";
import { loadEventTypes } from "./event-types.ts";

export type EventTypeSettings = {
  settingsOf: (code: EventCode) => TypeSettings;
  /** Reads them again now; call it after changing one. */
  refresh: () => Promise<void>;
  stop: () => void;
};

/**
 * What administrators have set for each event type, read again every second: an edit counts for the events after it.
 * Throws for a code that the database does not have, which the seed makes impossible.
 */
export const watchEventTypes = async (
  db: Database,
  onError: (error: unknown) => void,
  everyMs = 1000,
): Promise<EventTypeSettings> => {
  let types = await loadEventTypes(db);
  const refresh = async (): Promise<void> => {
    types = await loadEventTypes(db);
  };
  const timer = setInterval(() => refresh().catch(onError), everyMs);
  timer.unref();
  return {
    settingsOf: (code) => {
      const type = types.get(code);
      if (type === undefined) throw new Error(`event type ${code} is not in the database; run init-events`);
      const { enabled, retired, severity, policy } = type;
      return { enabled: enabled && !retired, severity: severity as Severity, policy: policy as Policy };
    },
    refresh,
    stop: () => clearInterval(timer),
  };
};
