import type { ObjectType } from "./catalogue.ts";
import type { Changes } from "./changes.ts";
import type { EventDraft, Reference } from "./draft.ts";
import type { JsonObject } from "./json.ts";
import { attemptText } from "./sentence.ts";

type Named = { type: string; id: string; label?: string | undefined };

/** What is asked for; of a request, as far as words go. */
export type AskedFor = { event: string; object: Named | null; target: Named | null; changes: Changes };

/** The same as something that people decide on. */
export type RequestFacts = AskedFor & { id: number; hash: string; requester: { id: number; name: string } };

/** What is asked for, after "asked to": "delete P-2026-000041". */
export const requestWords = ({ event, object, target, changes }: AskedFor): string =>
  attemptText({ code: event, actor: { type: "user" }, object, target, changes });

/** What every event of a request has in common: the object of the act, and the number that links them. */
export const aboutRequest = (request: RequestFacts) => ({
  approvalId: String(request.id),
  ...(request.object !== null && { object: request.object as Reference<ObjectType> }),
  metadata: { request: requestWords(request), event: request.event, sha256: request.hash } satisfies JsonObject,
});

/** The same of what happens to it later: the target is who asked. */
export const aboutAsked = (request: RequestFacts) => ({
  ...aboutRequest(request),
  target: { type: "user", id: String(request.requester.id), label: request.requester.name } as const,
});

/** The event of a request that nobody decided in time; the clock's own. */
export const expiredDraft = (request: RequestFacts, source: string): EventDraft<"sys_approval_expired"> => ({
  code: "sys_approval_expired",
  status: "success",
  actor: { type: "platform" },
  source,
  ...aboutAsked(request),
});
