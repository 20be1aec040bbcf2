import { uuid7Floor, uuid7Time } from "@countersign/audit/uuid7";
import type { Database, Sql } from "./client.ts";
import type { Condition } from "./event-conditions.ts";
import { type EventRow, eventColumns } from "./events.ts";

/** What an event shares with those around it. */
export const relations = ["object", "request", "actor", "approval"] as const;
export type Relation = (typeof relations)[number];

/** How far from the event is looked where no index leads: a request and what somebody was just doing. */
const windowMs = 15 * 60_000;

const isAbout = (sql: Sql, type: string, id: string) =>
  sql`((object_type = ${type} and object_id = ${id}) or (target_type = ${type} and target_id = ${id}))`;

const within = (sql: Sql, id: string) => {
  const at = uuid7Time(id);
  return sql`id >= ${uuid7Floor(at - windowMs)} and id < ${uuid7Floor(at + windowMs)}`;
};

/** What the events around have in common with this one; null when it has no such thing. */
const conditions: Record<Relation, (sql: Sql, event: EventRow) => Condition | null> = {
  object: (sql, { objectType, objectId }) =>
    objectType === null || objectId === null ? null : isAbout(sql, objectType, objectId),
  request: (sql, { id, requestId }) =>
    requestId === null ? null : sql`request_id = ${requestId} and ${within(sql, id)}`,
  actor: (sql, { id, actorType, actorId }) =>
    // Two who did not sign in are not the same.
    actorType === "anonymous"
      ? null
      : sql`actor_type = ${actorType} and actor_id is not distinct from ${actorId} and ${within(sql, id)}`,
  // A request for approval, the decision and the act are all about one object.
  approval: (sql, { id, approvalId, objectType, objectId }) => {
    if (approvalId === null) return null;
    const near = objectType === null || objectId === null ? within(sql, id) : isAbout(sql, objectType, objectId);
    return sql`approval_id = ${approvalId} and ${near}`;
  },
};

/** At most `limit` events on each side of one, newest first, with it between them; null when it shares nothing of that kind. */
export const listEventsAround = async (
  { sql }: Database,
  event: EventRow,
  by: Relation,
  limit: number,
): Promise<{ newer: EventRow[]; older: EventRow[] } | null> => {
  const shared = conditions[by](sql, event);
  if (shared === null) return null;
  const [newer, older] = await Promise.all([
    sql<
      EventRow[]
    >`select ${eventColumns(sql)} from event_log where ${shared} and id > ${event.id} order by id limit ${limit}`,
    sql<
      EventRow[]
    >`select ${eventColumns(sql)} from event_log where ${shared} and id < ${event.id} order by id desc limit ${limit}`,
  ]);
  return { newer: [...newer].reverse(), older: [...older] };
};
