import type { Database } from "./client.ts";
import { settingKeys } from "./system-settings.ts";

type Find = (db: Database, id: string) => Promise<{ label: string } | undefined>;

const isRowId = (id: string): boolean => /^[1-9]\d{0,15}$/.test(id);

const byId =
  (table: string, label: string): Find =>
  async ({ sql }, id) =>
    isRowId(id)
      ? (await sql<{ label: string }[]>`select ${sql(label)} as label from ${sql(table)} where id = ${id}::bigint`)[0]
      : undefined;

const eventType: Find = async ({ sql }, code) =>
  (await sql<{ label: string }[]>`select name as label from event_types where code = ${code}`)[0];

/** Where the things are registered that an event can be about; types that are not here exist in the log alone. */
const registers: Partial<Record<string, Find>> = {
  permit: byId("permits", "permit_number"),
  document: byId("documents", "name"),
  user: byId("users", "name"),
  role: byId("roles", "name"),
  api_key: byId("api_keys", "name"),
  event_type: eventType,
  system_config: async (db, id) => {
    const [, code] = /^event_type:(.+)$/.exec(id) ?? [];
    if (code !== undefined) return eventType(db, code);
    return (settingKeys as readonly string[]).includes(id) ? { label: id } : undefined;
  },
};

export type Registered = { register: "there"; label: string } | { register: "missing" | "none"; label: null };

/** Whether an object stands in a register of the office now, and its name; `none` when there is no register of its type. */
export const findRegistered = async (db: Database, { type, id }: { type: string; id: string }): Promise<Registered> => {
  const find = Object.hasOwn(registers, type) ? registers[type] : undefined;
  if (find === undefined) return { register: "none", label: null };
  const found = await find(db, id);
  return found === undefined ? { register: "missing", label: null } : { register: "there", label: found.label };
};
