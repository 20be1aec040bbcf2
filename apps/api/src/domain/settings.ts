import { type Changes, changesBetween } from "@countersign/audit/changes";
import type { Feature } from "@countersign/audit/features";
import type { Json } from "@countersign/audit/json";
import {
  holdUsers,
  type ListedUser,
  lockSetting,
  type SettingState,
  writeSetting,
} from "@countersign/db/system-config";
import { type SettingKey, systemSetting } from "@countersign/db/system-settings";
import type { Transaction } from "@countersign/db/transaction";
import { z } from "zod";
import { DomainError } from "./domain-error.ts";

/** A setting with what it is about. */
export type Setting = SettingState & {
  title: string;
  help: string;
  default: Json;
  /** JSON Schema of what it can be. */
  schema: object;
};

export const describeSetting = (state: SettingState): Setting => {
  const { title, help, schema, default: first } = systemSetting(state.key);
  const jsonSchema = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return { ...state, title, help, default: first as Json, schema: jsonSchema };
};

export type SettingChange = { before: SettingState; after: SettingState; users: readonly ListedUser[] };

/** Rights that a setting needs besides the one for settings. */
export const furtherFeatures = (key: SettingKey): readonly Feature[] =>
  /^retention\.(decision|change|session|read)$/.test(key) ? ["retention.manage"] : [];

const isProtected = (): DomainError =>
  new DomainError(
    "forbidden",
    "protected",
    "Nothing was changed: only active administrators can be protected, and at least one must be.",
  );

type Check = (users: readonly ListedUser[], ids: readonly number[]) => void;

const refuseUnknown: Check = (users, ids) => {
  const fields = ids.flatMap((id) =>
    users.some((user) => user.id === id && user.active) ? [] : [{ path: "value", rule: "not_an_active_user" }],
  );
  if (fields.length === 0) return;
  throw new DomainError("invalid", "invalid_input", "Nothing was changed: only active users can be named here.", {
    fields: fields.slice(0, 1),
  });
};

/** Settings that name people, and who may stand there. */
const checks: Partial<Record<SettingKey, Check>> = {
  protected_users: (users, ids) => {
    const fit = users.filter(({ active, administrator }) => active && administrator);
    if (ids.length === 0 || fit.length !== ids.length) throw isProtected();
  },
  "notification.recipients": refuseUnknown,
  "report.recipients": refuseUnknown,
};

const idsIn = (value: Json): number[] => (Array.isArray(value) ? value.filter((item) => typeof item === "number") : []);

/** Throws a `ZodError` whose paths begin with `value`. */
const parse = (key: SettingKey, value: unknown): Json => {
  if (key === "protected_users" && Array.isArray(value) && value.length === 0) throw isProtected();
  return z.object({ value: systemSetting(key).schema }).parse({ value }).value as Json;
};

/** Gives a setting a value: the same one again changes nothing, one that was changed meanwhile is refused. */
export const changeSetting = async (
  tx: Transaction,
  { key, value, version }: { key: SettingKey; value: unknown; version?: number | undefined },
  { by, at }: { by: { id: number; name: string }; at: string },
): Promise<SettingChange> => {
  const next = parse(key, value);
  const before = await lockSetting(tx, key);
  if (version !== undefined && version !== before.version) {
    const who = before.updatedBy?.name ?? "somebody";
    throw new DomainError(
      "conflict",
      "stale_version",
      `Nothing was changed: ${who} changed ${key} meanwhile. Look at the new value and try again.`,
    );
  }
  const check = checks[key];
  const ids = check === undefined ? [] : idsIn(next);
  const users = check === undefined ? [] : await holdUsers(tx, [...new Set([...ids, ...idsIn(before.value)])]);
  const after = { key, value: next, version: before.version + 1, updatedAt: at, updatedBy: by };
  const change = { before, after, users };
  if (Object.keys(settingChanges(change)).length === 0) return { ...change, after: before };
  check?.(
    users.filter(({ id }) => ids.includes(id)),
    ids,
  );
  await writeSetting(tx, key, next, { at, by: by.id });
  return change;
};

/** The value as the log tells of it: people with their names of the time. */
export const settingChanges = ({ before, after, users }: SettingChange): Changes => {
  const names = new Map(users.map(({ id, name }) => [id, name]));
  const told = (key: SettingKey, value: Json): unknown =>
    checks[key] === undefined || !Array.isArray(value)
      ? value
      : value.map((item) => (typeof item === "number" ? { id: String(item), label: names.get(item) } : item));
  return changesBetween({ value: told(before.key, before.value) }, { value: told(after.key, after.value) });
};
