import type { EventCode, ObjectTypeOf, Status, TargetTypeOf } from "./catalogue.ts";
import type { Changes } from "./changes.ts";
import type { JsonObject } from "./json.ts";

export type Actor = {
  type: "user" | "api_key" | "platform" | "anonymous";
  /** Opaque, never a name or an address; absent for the platform and for nobody. */
  id?: string | undefined;
  label?: string | undefined;
  roles?: readonly string[] | undefined;
};

/** The object or the target of an act; the label is its name at that time. */
export type Reference<Type extends string = string> = { type: Type; id: string; label?: string | undefined };

export type RequestFacts = {
  id?: string | undefined;
  method?: string | undefined;
  /** The path; a query is cut off before anything is kept. */
  endpoint?: string | undefined;
  ip?: string | undefined;
  userAgent?: string | undefined;
};

/** What a recorder takes. Every member that is undefined is left out of what is hashed. */
export type EventDraft<Code extends EventCode = EventCode> = {
  code: Code;
  status: Status;
  actor: Actor;
  /** Where it comes from: `app`, `worker`, `cli`, or `key:<id>` of an API key. */
  source: string;
  /** The name of a source that is not the app itself. */
  sourceLabel?: string | undefined;
  object?: Reference<ObjectTypeOf<Code>> | undefined;
  target?: Reference<TargetTypeOf<Code>> | undefined;
  changes?: Changes | undefined;
  errorMessage?: string | undefined;
  errorCode?: string | undefined;
  notes?: string | undefined;
  metadata?: JsonObject | undefined;
  objectDescription?: string | undefined;
  request?: RequestFacts | undefined;
  approvalId?: string | undefined;
  /** RFC 3339 with an offset, when the act happened; what was sent finer than a millisecond is kept beside it. */
  occurredAt?: string | undefined;
  /** Only of the log's own events: what must be provable without the details. */
  facts?: JsonObject | undefined;
};
