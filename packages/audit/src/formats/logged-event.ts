import type { Changes } from "../changes.ts";
import type { Status } from "../event-type.ts";
import type { JsonObject } from "../json.ts";

type Named = { type: string; id: string; label: string | null };

/** An event as the log answers it, as far as other formats tell of it. */
export type LoggedEvent = {
  id: string;
  code: string;
  name: string;
  category: string;
  severity: string;
  status: Status;
  occurredAt: string;
  receivedAt: string;
  actor: { type: string; id: string | null; label: string | null; roles: readonly string[] };
  object: Named | null;
  target: Named | null;
  changes: Changes | null;
  errorMessage: string | null;
  notes: string | null;
  ip: string | null;
  userAgent: string | null;
  requestMethod: string | null;
  endpoint: string | null;
  requestId: string | null;
  source: string;
  approvalId: string | null;
  metadata: JsonObject | null;
  leafHash: string;
};
