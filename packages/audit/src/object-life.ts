import type { EventCode, ObjectType } from "./catalogue.ts";

/** Which events begin and end the life of an object; types that are not here are there from the first start on. */
export const objectLife = {
  permit: { begins: ["permit_create"], ends: ["permit_delete"] },
  document: { begins: ["document_upload"], ends: ["document_delete"] },
  user: { begins: ["user_create"], ends: ["user_delete"] },
  role: { begins: ["role_create"], ends: ["role_delete"] },
  api_key: { begins: ["sys_api_key_created"], ends: [] },
} as const satisfies Partial<Record<ObjectType, { begins: readonly EventCode[]; ends: readonly EventCode[] }>>;

type Life = { begins: readonly string[]; ends: readonly string[] };
const lives = Object.values(objectLife) as readonly Life[];

export const begins = (code: string): boolean => lives.some((life) => life.begins.includes(code));
export const ends = (code: string): boolean => lives.some((life) => life.ends.includes(code));

/** Events that put one item into a list of their object, or take one out; the change holds the item alone. */
export const memberActs: Readonly<Record<string, "added" | "removed">> = {
  role_assign_user: "added",
  role_assign_feature: "added",
  role_revoke_user: "removed",
  role_revoke_feature: "removed",
} satisfies Partial<Record<EventCode, "added" | "removed">>;
