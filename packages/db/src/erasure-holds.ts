import { arrayTypes } from "./array-types.ts";
import type { Database } from "./client.ts";
import { type ActiveHold, activeHolds, heldBy } from "./legal-holds.ts";
import { spanOf } from "./positions.ts";

const isOn = async ({ sql }: Database, hold: ActiveHold, userId: string | null, ids: readonly string[]) => {
  const { scope } = hold;
  if ((scope.kind === "actor" || scope.kind === "object") && scope.type === "user" && scope.id === userId) return true;
  if (ids.length === 0) return false;
  const { minId, maxId } = spanOf(ids);
  const found = await sql`
    select from event_log where id between ${minId} and ${maxId} and id = any(${arrayTypes.uuids.serialize(ids)}::text::uuid[])
      and ${heldBy(sql, [hold])} limit 1`;
  return found.length > 0;
};

/** The name of the oldest hold in force over a user or one of the events; null when there is none. */
export const findHold = async (db: Database, userId: string | null, ids: readonly string[]): Promise<string | null> => {
  for (const hold of await activeHolds(db)) {
    if (!(await isOn(db, hold, userId, ids))) continue;
    const [row] = await db.sql<{ name: string }[]>`select name from legal_hold where id = ${hold.id}`;
    return row?.name ?? `hold ${hold.id}`;
  }
  return null;
};
