import type { Database } from "./client.ts";

/** An active user who holds each of these features. */
const holding = (db: Pick<Database, "sql">, features: readonly string[]) =>
  db.sql`u.status = 'active' and not exists (
    select from unnest(${[...features]}::text[]) as needed where not exists (
      select from user_roles ur join role_features rf on rf.role_id = ur.role_id
      where ur.user_id = u.id and rf.feature = needed))`;

/** What an act needs of whoever does it, and so of whoever decides on it. */
type Needing = { feature: string; alsoNeeds: readonly string[] };
const deciding = ({ feature, alsoNeeds }: Needing): string[] => ["approvals.decide", feature, ...alsoNeeds];

/** One of them who has a password of their own, too. */
const able = (db: Pick<Database, "sql">, features: readonly string[]) =>
  db.sql`not u.must_change_password and ${holding(db, features)}`;

/** Whether two people can decide, or could once whoever was added has chosen a password of their own. */
export const secondDecider = async (db: Pick<Database, "sql">): Promise<"none" | "awaited" | "able"> => {
  const [row] = await db.sql<{ able: number; holding: number }[]>`
    select (select count(*)::int from (select from users u where ${able(db, ["approvals.decide"])} limit 2) as two) as able,
      (select count(*)::int from (select from users u where ${holding(db, ["approvals.decide"])} limit 2) as two) as holding`;
  if ((row?.able ?? 0) >= 2) return "able";
  return (row?.holding ?? 0) >= 2 ? "awaited" : "none";
};

/** Who can decide on an act, by name, at most `limit`. */
export const listDeciders = async (
  db: Database,
  act: Needing,
  exceptId: number,
  limit: number,
): Promise<{ id: number; name: string }[]> => [
  ...(await db.sql<{ id: number; name: string }[]>`
    select u.id::int as id, u.name from users u
    where ${able(db, deciding(act))} and u.id <> ${exceptId} order by u.name, u.id limit ${limit}`),
];

/** Which of these users can decide on an act, at this moment. */
export const ableAmong = async (db: Database, act: Needing, userIds: readonly number[]): Promise<number[]> =>
  (
    await db.sql<{ id: number }[]>`
      select u.id::int as id from users u
      where u.id = any(${`{${userIds.join(",")}}`}::text::bigint[]) and ${able(db, deciding(act))}`
  ).map(({ id }) => id);

const step = "approvals";

/**
 * Whether critical acts need a second person: from the moment on when two people can decide, and for ever. An office that
 * loses its second one later cannot do without by losing them.
 */
export const approvalsInForce = async (db: Database): Promise<boolean> => {
  const [row] = await db.sql<{ begun: boolean; deciders: number }[]>`
    select exists (select from setup_steps where name = ${step}) as begun,
      (select count(*)::int from (select from users u where ${able(db, ["approvals.decide"])} limit 2) as two) as deciders`;
  if (row === undefined || row.begun || row.deciders < 2) return row?.begun ?? false;
  await db.sql`insert into setup_steps (name) values (${step}) on conflict do nothing`;
  return true;
};
