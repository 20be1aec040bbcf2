import type { Json } from "@countersign/audit/json";
import { keyKinds } from "@countersign/audit/key-kinds";
import type { ApiKey } from "@countersign/db/api-keys";
import type { Document } from "@countersign/db/documents";
import type { Permit } from "@countersign/db/permits";
import type { Role } from "@countersign/db/roles";
import { documentStates } from "@countersign/db/schema/documents";
import { permitStatuses } from "@countersign/db/schema/permits";
import { type SettingKey, settingKeys } from "@countersign/db/system-settings";
import type { User } from "@countersign/db/users";
import { z } from "zod";
import type { EventTypeActivity, EventTypeEntry } from "./event-types.ts";
import type { Setting } from "./settings.ts";

/** What is answered, as schemas for the OpenAPI document; a field that is missing here does not compile. */
export type SchemaOf<Type> = { [Field in keyof Type]-?: z.ZodType<Type[Field]> };

const nullable = z.string().nullable();
const person = z.object({ id: z.number(), name: z.string() });

/** Any value that JSON has. */
const anyJson = z.unknown() as unknown as z.ZodType<Json>;

export const permitAnswer = z.object({
  id: z.number(),
  permitNumber: z.string(),
  type: z.string(),
  holderName: z.string(),
  holderContact: nullable,
  site: nullable,
  status: z.enum(permitStatuses),
  validFrom: nullable,
  validTo: nullable,
  assignedTo: person.nullable(),
  assignedAt: nullable,
  assignedBy: person.nullable(),
  notes: nullable,
  createdAt: z.string(),
  createdBy: person.nullable(),
  updatedAt: z.string(),
  updatedBy: person.nullable(),
  version: z.number(),
} satisfies SchemaOf<Permit>);

export const documentAnswer = z.object({
  id: z.number(),
  permit: z.object({ id: z.number(), permitNumber: z.string() }),
  name: z.string(),
  kind: z.string(),
  mediaType: z.string(),
  size: z.number(),
  sha256: z.string(),
  state: z.enum(documentStates),
  uploadedAt: z.string(),
  uploadedBy: person.nullable(),
  verifiedAt: nullable,
  verifiedBy: person.nullable(),
  version: z.number(),
} satisfies SchemaOf<Document>);

export const userAnswer = z.object({
  id: z.number(),
  username: z.string(),
  name: z.string(),
  email: nullable,
  status: z.enum(["active", "inactive"]),
  isProtected: z.boolean(),
  mustChangePassword: z.boolean(),
  roles: z.array(person),
  lastSeenAt: nullable,
  lastSignInAt: nullable,
  createdAt: z.string(),
  updatedAt: z.string(),
  version: z.number(),
} satisfies SchemaOf<User>);

export const roleAnswer = z.object({
  id: z.number(),
  name: z.string(),
  description: z.string(),
  shipped: nullable,
  features: z.array(z.string()) as unknown as z.ZodType<Role["features"]>,
  userCount: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
  version: z.number(),
} satisfies SchemaOf<Role>);

export const keyAnswer = z.object({
  id: z.number(),
  name: z.string(),
  kind: z.enum(keyKinds),
  prefix: z.string(),
  codes: z.array(z.string()),
  networks: z.array(z.string()),
  createdAt: z.string(),
  createdBy: person.nullable(),
  expiresAt: z.string(),
  revokedAt: nullable,
  revokedBy: person.nullable(),
  lastUsedAt: nullable,
} satisfies SchemaOf<ApiKey>);

export const settingAnswer = z.object({
  key: z.enum(settingKeys as [SettingKey, ...SettingKey[]]),
  title: z.string(),
  help: z.string(),
  value: anyJson,
  default: anyJson,
  schema: z.looseObject({}),
  version: z.number(),
  updatedAt: nullable,
  updatedBy: person.nullable(),
} satisfies SchemaOf<Setting>);

const approvals = z.enum(["none", "optional", "required"]);

export const eventTypeAnswer = z.object({
  id: z.number(),
  code: z.string(),
  name: z.string(),
  category: z.string(),
  severity: z.string(),
  policy: z.string(),
  enabled: z.boolean(),
  approval: z.string(),
  notify: z.boolean(),
  locked: z.boolean(),
  retired: z.boolean(),
  version: z.number(),
  updatedAt: z.string(),
  catalogue: z
    .object({
      description: z.string(),
      objectType: z.string(),
      targetType: nullable,
      feature: nullable,
      reason: approvals,
      collapseSeconds: z.number(),
      sentence: z.string(),
      approvalOffered: z.boolean(),
      defaults: z.object({ severity: z.string(), policy: z.string(), approval: approvals, notify: z.boolean() }),
    })
    .nullable() as unknown as z.ZodType<EventTypeEntry["catalogue"]>,
} satisfies SchemaOf<EventTypeEntry>);

export const activityAnswer = z.object({
  from: z.string(),
  to: z.string(),
  items: z.array(
    z.object({
      code: z.string(),
      lastDay: nullable,
      counts: z.array(z.number()),
      suppressed: z.number(),
    } satisfies SchemaOf<EventTypeActivity>),
  ),
});

export const receiptAnswer = z.object({
  id: z.string(),
  receivedAt: z.string(),
  leafHash: z.string(),
});

/** The answer of an operation: what it says, how it ended, and the receipt of its event. */
export const done = (shape: Record<string, z.ZodType> = {}) =>
  z.object({ ...shape, outcome: z.enum(["done", "no_change", "suppressed"]), receipt: receiptAnswer.nullable() });

/** One page of a list. */
export const pageOf = (item: z.ZodType) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });
