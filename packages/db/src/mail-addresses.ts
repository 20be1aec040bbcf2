import { arrayTypes } from "./array-types.ts";
import type { Database } from "./client.ts";

/** The addresses of those users who are active and have one. */
export const listMailAddresses = async (db: Database, userIds: readonly number[]): Promise<string[]> =>
  (
    await db.sql<{ email: string }[]>`
      select email from users where id = any(${arrayTypes.bigints.serialize(userIds)}::text::bigint[])
        and status = 'active' and email is not null order by id`
  ).map(({ email }) => email);
