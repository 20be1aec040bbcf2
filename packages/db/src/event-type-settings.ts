import { type EventCode, type EventType, eventType, type Policy, type Severity } from "@countersign/audit/catalogue";
import type { TypeSettings } from "@countersign/audit/recorder";
import type { Database } from "./client.ts";
import { type EventTypeState, loadEventTypes } from "./event-types.ts";
import { watch } from "./watched.ts";

export type EventTypeSettings = {
  settingsOf: (code: EventCode) => TypeSettings;
  /** Whether acts of this type wait for a second person; `none` wherever the catalogue offers no approval. */
  approvalOf: (code: EventCode) => EventType["approval"];
  /** Reads them again now; call it after changing one. */
  refresh: () => Promise<void>;
  stop: () => void;
};

type Types = ReadonlyMap<string, EventTypeState>;

const approvalIn = (types: Types, code: EventCode): EventType["approval"] => {
  if (eventType(code).approval === "none") return "none";
  return types.get(code)?.approval === "required" ? "required" : "optional";
};

const settingsIn =
  (types: Types) =>
  (code: EventCode): TypeSettings => {
    const type = types.get(code);
    if (type === undefined) throw new Error(`event type ${code} is not in the database; run init-events`);
    const { enabled, retired, severity, policy } = type;
    return { enabled: enabled && !retired, severity: severity as Severity, policy: policy as Policy };
  };

/** The settings of this moment; throws for a code that the database does not have, which the seed makes impossible. */
export const settingsFromTable = async (db: Database): Promise<(code: EventCode) => TypeSettings> =>
  settingsIn(await loadEventTypes(db));

/** The settings, read again every second: an administrator's edit counts for the events after it. */
export const watchEventTypes = async (
  db: Database,
  onError: (error: unknown) => void,
  everyMs?: number,
): Promise<EventTypeSettings> => {
  const { current, refresh, stop } = await watch(() => loadEventTypes(db), onError, everyMs);
  return {
    settingsOf: (code) => settingsIn(current())(code),
    approvalOf: (code) => approvalIn(current(), code),
    refresh,
    stop,
  };
};
