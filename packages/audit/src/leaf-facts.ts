import { canonicalize } from "./canonical-json.ts";
import { eventTypes, type Policy, type Severity } from "./catalogue.ts";
import { shrinkValue } from "./changes.ts";
import type { EventDraft, RequestFacts } from "./draft.ts";
import type { Sha256 } from "./json.ts";
import type { Leaf } from "./leaf.ts";
import { redact } from "./redact.ts";
import { type RedactedText, redactText, redactToken } from "./secret-text.ts";
import { headOf, isLongerThan, toHex, utf8 } from "./utf8.ts";

/** A leaf is at most this long in UTF-8. */
export const leafBytes = 16 * 1024;
const idBytes = 256;
const endpointBytes = 1024;
const ownFactsBytes = 8 * 1024;

type Stamp = { id: string; receivedAt: string; severity: Severity; policy: Policy };
type Named = { id: string; type: string };

type Count = { redacted: number };

const kept = (found: RedactedText, count: Count): string => {
  count.redacted += found.redacted;
  return found.text;
};
const token = (text: string | undefined, count: Count): string | undefined =>
  text === undefined ? undefined : kept(redactToken(text), count);
const named = (reference: Named | undefined, count: Count): Named | undefined =>
  reference && { id: kept(redactToken(reference.id), count), type: reference.type };

const requestOf = (request: RequestFacts | undefined, count: Count): Leaf["request"] => {
  if (request?.endpoint === undefined && request?.id === undefined && request?.method === undefined) return undefined;
  const path = request.endpoint?.split(/[?#]/, 1)[0];
  return {
    endpoint: path === undefined ? undefined : kept(redactText(path), count),
    id: token(request.id, count),
    method: request.method,
  };
};

/**
 * The leaf of a draft without its commitment, and how many secrets were taken out: tokens from ids, more from the path,
 * whose query is cut off. Members in the order of canonical JSON, which saves sorting them.
 */
export const factsOf = (
  draft: EventDraft,
  stamp: Stamp,
  occurredAt: string | undefined,
): { facts: Leaf; redacted: number } => {
  const count: Count = { redacted: 0 };
  const own = draft.facts && redact(draft.facts);
  const facts: Leaf = {
    actor: { id: token(draft.actor.id, count), type: draft.actor.type },
    approval: draft.approvalId,
    category: eventTypes[draft.code].category,
    code: draft.code,
    details: "",
    facts: own?.value,
    id: stamp.id,
    object: named(draft.object, count),
    occurredAt,
    policy: stamp.policy,
    receivedAt: stamp.receivedAt,
    request: requestOf(draft.request, count),
    severity: stamp.severity,
    source: draft.source,
    status: draft.status,
    target: named(draft.target, count),
    v: 1,
  };
  return { facts, redacted: count.redacted + (own?.redacted ?? 0) };
};

/** The length of the members that have no limit of their own. */
const openLength = ({ actor, object, target, request, source, approval }: Leaf): number =>
  (actor.id?.length ?? 0) +
  (object?.id.length ?? 0) +
  (target?.id.length ?? 0) +
  (request?.id?.length ?? 0) +
  (request?.method?.length ?? 0) +
  (request?.endpoint?.length ?? 0) +
  (approval?.length ?? 0) +
  source.length;

/** True when the leaf would pass its limit; weighed only when it may, as a character is at most six bytes of JSON. */
export const isTooLong = (facts: Leaf): boolean =>
  (facts.facts !== undefined || openLength(facts) * 6 > leafBytes / 2) &&
  isLongerThan(canonicalize({ ...facts, details: "=".repeat(44) }), leafBytes);

/** The same with ids of more than 256 bytes as their hash, a short path, and large facts as hash, size and beginning. */
export const fitFacts = (leaf: Leaf, sha256: Sha256): Leaf => {
  const short = (text: string): string => (isLongerThan(text, idBytes) ? `sha256:${toHex(sha256(utf8(text)))}` : text);
  const named = (reference: Named | undefined): Named | undefined =>
    reference && { id: short(reference.id), type: reference.type };
  const { actor, request, facts } = leaf;
  return {
    ...leaf,
    actor: { id: actor.id && short(actor.id), type: actor.type },
    approval: leaf.approval && short(leaf.approval),
    facts: facts && isLongerThan(canonicalize(facts), ownFactsBytes) ? shrinkValue(facts, sha256) : facts,
    object: named(leaf.object),
    request: request && {
      endpoint: request.endpoint && headOf(request.endpoint, endpointBytes),
      id: request.id && short(request.id),
      method: request.method && short(request.method),
    },
    source: short(leaf.source),
    target: named(leaf.target),
  };
};
