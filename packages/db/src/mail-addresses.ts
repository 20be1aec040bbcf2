import { arrayTypes } from "./array-types.ts";
import type { Database } from "./client.ts";

export type MailAddress = { recipient: number | string; address: string };

/** The addresses of those users who are active and have one. */
export const listMailAddresses = async (db: Database, userIds: readonly number[]): Promise<MailAddress[]> => [
  ...(await db.sql<MailAddress[]>`
      select id::int as recipient, email as address from users where id = any(${arrayTypes.bigints.serialize(userIds)}::text::bigint[])
        and status = 'active' and email is not null order by id`),
];
