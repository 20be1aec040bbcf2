import type { Database } from "./client.ts";

export type SignInPolicy = {
  /** So many failures in a row are free; from then on each waits twice as long as the one before. */
  maxFailures: number;
  maxDelaySeconds: number;
  /** After so many in a row only one try in `stopSeconds` is looked at. */
  stopAfter: number;
  stopSeconds: number;
};

const waitAfter = (db: Database, { maxFailures, maxDelaySeconds, stopAfter, stopSeconds }: SignInPolicy) => db.sql`
  make_interval(secs => case
    when f.failures < ${maxFailures}::int then 0
    when f.failures >= ${stopAfter}::int then ${stopSeconds}::float8
    else least(${maxDelaySeconds}::float8, 2 ^ least(f.failures - ${maxFailures}::int + 1, 30)) end)`;

/**
 * Asks for one try at a name and counts it as failed beforehand, in one statement, so that tries at the same time
 * cannot share a permission. Answers 0 when it may be made, else the seconds to wait, and then nothing is counted.
 */
export const takeSignInTry = async (db: Database, nameHash: Uint8Array, policy: SignInPolicy): Promise<number> => {
  const taken = await db.sql`
    insert into sign_in_failures as f (name_hash, failures, last_failed_at) values (${nameHash}, 1, now())
    on conflict (name_hash) do update set failures = f.failures + 1, last_failed_at = now()
      where now() >= f.last_failed_at + ${waitAfter(db, policy)}
    returning failures`;
  if (taken.length > 0) return 0;
  const [row] = await db.sql<{ wait: number }[]>`
    select extract(epoch from f.last_failed_at + ${waitAfter(db, policy)} - now())::float8 as wait
    from sign_in_failures f where name_hash = ${nameHash}`;
  return Math.max(1, Math.ceil(row?.wait ?? 1));
};

/** Forgets the failures of a name: after a success, or when an administrator sets a new password. */
export const clearSignInFailures = async (db: Database, nameHash: Uint8Array): Promise<void> => {
  await db.sql`delete from sign_in_failures where name_hash = ${nameHash}`;
};

/** What tells this database server from every other, the same for all processes, and never shown to anybody. */
export const serverIdentity = async (db: Database): Promise<string> =>
  String((await db.sql<{ id: string }[]>`select system_identifier::text as id from pg_control_system()`)[0]?.id);
