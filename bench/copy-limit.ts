import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type EventCode, eventType } from "@countersign/audit/catalogue";
import type { SealedEvent } from "@countersign/audit/event";
import { readLeaf } from "@countersign/audit/leaf";
import { createRecorder } from "@countersign/audit/recorder";
import { monotonicIds } from "@countersign/audit/uuid7";
import type { Database } from "@countersign/db/client";
import { asDraft, eventInput } from "../apps/api/src/domain/event-input.ts";
import { statedEvents } from "./seeded-events.ts";

const columns =
  "id, policy, code, category, severity, status, occurred_at, received_at, actor_type, actor_id, object_type, object_id, " +
  "target_type, target_id, request_method, endpoint, request_id, source, approval_id, leaf, leaf_hash, details, salt";

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const settingsOf = (code: EventCode) => {
  const { severity, policy } = eventType(code);
  return { enabled: true, severity, policy };
};
const nextId = monotonicIds(Date.now, randomBytes);
const recorder = createRecorder({ now: Date.now, nextId, randomBytes, sha256, settingsOf });

const cell = (value: string | undefined | null): string =>
  value == null ? "\\N" : value.replace(/[\\\n\r\t]/g, (found) => escapes[found] ?? found);
const escapes: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
const bytea = (bytes: Uint8Array): string => `\\\\x${Buffer.from(bytes).toString("hex")}`;

const lineOf = ({ id, leaf, details, leafHash, salt, receivedAt }: SealedEvent): string => {
  const facts = readLeaf(leaf);
  if (facts === null) throw new Error("a leaf could not be read");
  const { actor, object, target, request } = facts;
  const texts = [
    ...[id, facts.policy, facts.code, facts.category, facts.severity, facts.status, receivedAt, receivedAt],
    ...[actor.type, actor.id, object?.type, object?.id, target?.type, target?.id],
    ...[request?.method, request?.endpoint, request?.id, facts.source, facts.approval, leaf],
  ];
  return [...texts.map(cell), bytea(leafHash), cell(details), bytea(salt)].join("\t");
};

/** Rows of the log as COPY reads them, all made beforehand, the way the API makes them; the same events for the same seed. */
export const readyRows = (seed: number, count: number): { chunks: Buffer[]; bytesAnEvent: number } => {
  const stated = {
    actor: { type: "user", id: "1", label: "Administrator", roles: ["Administrator"] } as const,
    source: "user:1",
    sourceLabel: "Administrator",
    request: {
      id: "r_AAAAAAAAAAAAAAAA",
      method: "POST",
      endpoint: "/trpc/events.recordMany",
      ip: "127.0.0.1",
      userAgent: "countersign-bench/1",
    },
  };
  let bytes = 0;
  const lines = statedEvents(seed, count).map((event) => {
    const sealed = recorder.seal(asDraft(eventInput.parse(event), stated));
    if (sealed === null) throw new Error("an event type is switched off");
    bytes += sealed.leaf.length + sealed.details.length;
    return `${lineOf(sealed)}\n`;
  });
  const perChunk = 1000;
  const chunks = Array.from({ length: Math.ceil(count / perChunk) }, (_, index) =>
    Buffer.from(lines.slice(index * perChunk, (index + 1) * perChunk).join("")),
  );
  return { chunks, bytesAnEvent: bytes / count };
};

/** Loads ready rows with one COPY into the log's own tables and answers after how many seconds they were committed. */
export const copyRows = async ({ sql }: Database, chunks: readonly Buffer[]): Promise<number> => {
  const since = performance.now();
  const writable = await sql.unsafe(`copy event_log (${columns}) from stdin`).writable();
  const finished = once(writable, "finish");
  for (const chunk of chunks) if (!writable.write(chunk)) await once(writable, "drain");
  writable.end();
  await finished;
  return (performance.now() - since) / 1000;
};
