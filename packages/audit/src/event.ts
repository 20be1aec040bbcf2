import { canonicalize } from "./canonical-json.ts";
import {
  type EventCode,
  eventTypes,
  type ObjectTypeOf,
  type Policy,
  type Severity,
  type Status,
  severities,
  type TargetTypeOf,
} from "./catalogue.ts";
import { type Changes, hasChanges, shrinkValue } from "./changes.ts";
import { type Details, writeDetails } from "./details.ts";
import { parseInstant } from "./instant.ts";
import type { JsonObject, Sha256 } from "./json.ts";
import { detailsCommitment, type Leaf, leafHash } from "./leaf.ts";
import { redact } from "./redact.ts";
import { redactText, redactToken } from "./secret-text.ts";
import { headOf, isLongerThan, toHex, utf8 } from "./utf8.ts";

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

/** What the platform adds to a draft. `salt` is 32 random bytes; `receivedAt` ISO 8601 UTC with milliseconds. */
export type Stamp = { id: string; receivedAt: string; severity: Severity; policy: Policy; salt: Uint8Array };

/** `leaf` and `details` are canonical JSON and the very text that is hashed and stored. */
export type SealedEvent = {
  id: string;
  leaf: string;
  details: string;
  leafHash: Uint8Array;
  salt: Uint8Array;
  receivedAt: string;
};

/** A leaf is at most this long in UTF-8. */
export const leafBytes = 16 * 1024;
/** The member `details` of a leaf takes 57 of them. */
const commitmentBytes = 64;
const idBytes = 256;
const endpointBytes = 1024;
const factsBytes = 8 * 1024;
const userAgentBytes = 1024;

/** Severity as it counts: a failed or denied act is one step higher, at most high. */
export const raisedSeverity = (severity: Severity, status: Status): Severity => {
  if (status !== "failed" && status !== "denied") return severity;
  if (severity === "critical" || severity === "high") return severity;
  return severities[severities.indexOf(severity) + 1] ?? severity;
};

type LeafFacts = Omit<Leaf, "details">;

const leafParts = (draft: EventDraft, stamp: Stamp, occurredAt: string | undefined): LeafFacts => {
  const { actor, object, target, request } = draft;
  const path = request?.endpoint?.split(/[?#]/, 1)[0];
  const hasRequest = request?.id !== undefined || request?.method !== undefined || path !== undefined;
  return {
    v: 1,
    id: stamp.id,
    code: draft.code,
    category: eventTypes[draft.code].category,
    status: draft.status,
    severity: stamp.severity,
    policy: stamp.policy,
    receivedAt: stamp.receivedAt,
    occurredAt,
    source: draft.source,
    actor: { type: actor.type, id: actor.id },
    object: object && { type: object.type, id: object.id },
    target: target && { type: target.type, id: target.id },
    request: hasRequest ? { id: request?.id, method: request?.method, endpoint: path } : undefined,
    approval: draft.approvalId,
    facts: draft.facts,
  };
};

const detailsOf = (draft: EventDraft, occurredAtAsSent: string | undefined): Details => {
  const { actor, object, target, request, metadata } = draft;
  const hasLabel = actor.label !== undefined || object?.label !== undefined || target?.label !== undefined;
  const userAgent = request?.userAgent;
  return {
    changes: draft.changes && hasChanges(draft.changes) ? draft.changes : undefined,
    errorCode: draft.errorCode,
    errorMessage: draft.errorMessage,
    ip: request?.ip,
    labels: hasLabel ? { actor: actor.label, object: object?.label, target: target?.label } : undefined,
    metadata: metadata && Object.keys(metadata).length > 0 ? metadata : undefined,
    notes: draft.notes,
    objectDescription: draft.objectDescription,
    occurredAtAsSent,
    roles: actor.roles,
    userAgent:
      userAgent !== undefined && isLongerThan(userAgent, userAgentBytes)
        ? `${headOf(userAgent, userAgentBytes)}… [cut]`
        : userAgent,
  };
};

type Named = { type: string; id: string };

/** Tokens out of what names things; text rules for the path. Facts are the log's own and are searched like details. */
const redactLeaf = (leaf: LeafFacts): { leaf: LeafFacts; redacted: number } => {
  let redacted = 0;
  const count = (found: { text: string; redacted: number }): string => {
    redacted += found.redacted;
    return found.text;
  };
  const named = (reference: Named | undefined): Named | undefined =>
    reference && { type: reference.type, id: count(redactToken(reference.id)) };
  const { actor, request, facts } = leaf;
  const factsFound = facts && redact(facts);
  redacted += factsFound?.redacted ?? 0;
  return {
    leaf: {
      ...leaf,
      actor: actor.id === undefined ? actor : { type: actor.type, id: count(redactToken(actor.id)) },
      object: named(leaf.object),
      target: named(leaf.target),
      request: request && {
        id: request.id === undefined ? undefined : count(redactToken(request.id)),
        method: request.method,
        endpoint: request.endpoint === undefined ? undefined : count(redactText(request.endpoint)),
      },
      facts: factsFound?.value,
    },
    redacted,
  };
};

/** A leaf that would be too long, with ids of more than 256 bytes as their hash, a short path, and facts as hash and size. */
const fitLeaf = (leaf: LeafFacts, sha256: Sha256): LeafFacts => {
  const short = (text: string): string => (isLongerThan(text, idBytes) ? `sha256:${toHex(sha256(utf8(text)))}` : text);
  const named = (reference: Named | undefined): Named | undefined =>
    reference && { type: reference.type, id: short(reference.id) };
  const { actor, request, facts } = leaf;
  return {
    ...leaf,
    source: short(leaf.source),
    actor: actor.id === undefined ? actor : { type: actor.type, id: short(actor.id) },
    object: named(leaf.object),
    target: named(leaf.target),
    request: request && {
      id: request.id && short(request.id),
      method: request.method && short(request.method),
      endpoint: request.endpoint && headOf(request.endpoint, endpointBytes),
    },
    approval: leaf.approval && short(leaf.approval),
    facts: facts && isLongerThan(canonicalize(facts), factsBytes) ? shrinkValue(facts, sha256) : facts,
  };
};

/** The length of the members that have no limit of their own; a character is at most six bytes of JSON. */
const openLength = ({ actor, object, target, request, source, approval }: LeafFacts): number =>
  (actor.id?.length ?? 0) +
  (object?.id.length ?? 0) +
  (target?.id.length ?? 0) +
  (request?.id?.length ?? 0) +
  (request?.method?.length ?? 0) +
  (request?.endpoint?.length ?? 0) +
  (approval?.length ?? 0) +
  source.length;

const mayBeLong = (leaf: LeafFacts): boolean => leaf.facts !== undefined || openLength(leaf) * 6 > leafBytes / 2;

/**
 * The event as it is hashed and stored: secrets replaced and values shrunk first, then the details committed to, then the leaf.
 * Throws RangeError on an `occurredAt` that is no RFC 3339 time with offset, TypeError on what JSON cannot hold.
 */
export const sealDraft = (draft: EventDraft, stamp: Stamp, sha256: Sha256): SealedEvent => {
  const sent = draft.occurredAt;
  const occurredAt = sent === undefined ? undefined : parseInstant(sent)?.utc;
  if (sent !== undefined && occurredAt === undefined) throw new RangeError("occurredAt is not an RFC 3339 time");
  const found = redactLeaf(leafParts(draft, stamp, occurredAt));
  const isLong = mayBeLong(found.leaf) && isLongerThan(canonicalize(found.leaf), leafBytes - commitmentBytes);
  const clean = redact(detailsOf(draft, sent === occurredAt ? undefined : sent) as JsonObject);
  const redacted = found.redacted + clean.redacted;
  const details = writeDetails(
    { ...(clean.value as Details), redacted: redacted > 0 ? redacted : undefined, shrunk: isLong ? true : undefined },
    sha256,
  );
  const leaf = canonicalize({
    ...(isLong ? fitLeaf(found.leaf, sha256) : found.leaf),
    details: detailsCommitment(details, stamp.salt, sha256),
  });
  return {
    id: stamp.id,
    leaf,
    details,
    leafHash: leafHash(leaf, sha256),
    salt: stamp.salt,
    receivedAt: stamp.receivedAt,
  };
};
