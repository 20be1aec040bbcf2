import type { CustomerEventCode, ObjectTypeOf, TargetTypeOf } from "@countersign/audit/catalogue";
import type { Reference } from "@countersign/audit/draft";
import type { Json, JsonObject } from "@countersign/audit/json";

/** One event as a front end or a service states it; object and target have the type that belongs to the code. */
export type StatedEvent<Code extends CustomerEventCode = CustomerEventCode> = {
  code: Code;
  /** UUIDv7, at most 7 days old; made when absent. The same id with the same content is one event however often it is sent. */
  id?: string | undefined;
  /** `success` when absent. */
  status?: "success" | "failed" | "denied" | undefined;
  /** RFC 3339 with an offset; the time of the call when absent. */
  occurredAt?: string | undefined;
  /** Whoever did it; the owner of the key or session when absent. */
  actor?: { type: "user" | "api_key" | "anonymous"; id?: string | undefined; label?: string | undefined } | undefined;
  object?: Reference<ObjectTypeOf<Code>> | undefined;
  target?: Reference<TargetTypeOf<Code>> | undefined;
  changes?: { readonly [field: string]: { old: Json; new: Json } } | undefined;
  errorMessage?: string | undefined;
  notes?: string | undefined;
  metadata?: JsonObject | undefined;
};

/** What `close` hands back: id and time are set, so recording it again later is safe. */
export type UnansweredEvent = StatedEvent & { id: string; occurredAt: string };
