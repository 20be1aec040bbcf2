import type { Database } from "./client.ts";

/** The name of a hold in force over the person or one of the events; null when there is none. */
export const findHold = async (
  _db: Database,
  _userId: string | null,
  _ids: readonly string[],
): Promise<string | null> => null;
