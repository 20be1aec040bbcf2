import type { Hold, HoldScope } from "@countersign/db/legal-holds";
import type { Manifest } from "@countersign/db/retention-manifests";
import { type SkipReason, skipReasons } from "@countersign/db/retention-months";
import type { RetentionRun } from "@countersign/db/retention-runs";
import { z } from "zod";
import type { SchemaOf } from "./answers.ts";
import { erasureBlocks } from "./erasure-blocks.ts";
import type { ErasurePreview } from "./erasures.ts";
import type { HoldCount, ListedHold } from "./holds.ts";
import type { DueMonth, PolicyPreview, PolicyState, Preview, Schedule } from "./retention.ts";

/** What is answered about retention, as schemas for the OpenAPI document. */

const nullable = z.string().nullable();
const skipReason = z.enum(Object.keys(skipReasons) as [SkipReason, ...SkipReason[]]);

const schedule = {
  at: z.string(),
  zone: z.string(),
  nextRunAt: z.string(),
  lastRunAt: nullable,
  isOverdue: z.boolean(),
  open: z.object({ id: z.number(), state: z.string(), startedBy: z.string(), startedAt: z.string() }).nullable(),
  isArchived: z.boolean(),
} satisfies SchemaOf<Schedule>;

const policyState = z.object({
  policy: z.string(),
  days: z.number().nullable(),
  rows: z.number(),
  bytes: z.number(),
  growthBytes: z.number(),
  growthRows: z.number(),
  forecastBytes: z.number(),
  oldestMonth: nullable,
} satisfies SchemaOf<PolicyState>);

export const statusAnswer = z.object({ ...schedule, policies: z.array(policyState) });

const dueMonth = z.object({
  policy: z.string(),
  month: z.string(),
  rows: z.number(),
  bytes: z.number(),
  held: z.number().nullable(),
  heldIsMore: z.boolean(),
  blocked: skipReason.nullable(),
} satisfies SchemaOf<DueMonth>);

const policyPreview = z.object({
  policy: z.string(),
  days: z.number(),
  rows: z.number(),
  removed: z.number(),
  removedIsMost: z.boolean(),
  bytes: z.number(),
  held: z.number(),
  heldIsMore: z.boolean(),
  oldestKept: nullable,
  months: z.array(dueMonth),
  codes: z.array(z.object({ code: z.string(), month: z.string(), count: z.number() })),
} satisfies SchemaOf<PolicyPreview>);

export const previewAnswer = z.object({
  at: z.string(),
  nextRunAt: z.string(),
  policies: z.array(policyPreview),
} satisfies SchemaOf<Preview>);

const manifest = {
  id: z.string(),
  runId: z.number(),
  policy: z.string(),
  month: z.string(),
  partition: z.string(),
  epoch: z.number(),
  first: z.number(),
  last: z.number(),
  count: z.number(),
  rows: z.number(),
  bytes: z.number(),
  holdsSeen: z.number(),
  eventId: z.string(),
  state: z.enum(["planned", "signed", "archived", "detached", "dropped", "skipped"]),
  reason: skipReason.nullable(),
  archive: z
    .object({ leaves: z.string(), leavesSha256: z.string(), details: z.string(), detailsSha256: z.string() })
    .nullable(),
  plannedAt: z.string(),
  endedAt: nullable,
} satisfies SchemaOf<Manifest>;

/** With its contents in base64, but for the leaf. */
export const manifestAnswer = z.object({
  ...manifest,
  bitmap: z.string(),
  bitmapSha256: z.string(),
  root: z.string(),
  leaf: z.string(),
});

const run = {
  id: z.number(),
  state: z.enum(["asked", "running", "done", "failed"]),
  startedBy: z.string(),
  startedAt: z.string(),
  endedAt: nullable,
  partitions: z.number(),
  rows: z.number(),
  bytes: z.number(),
  held: z.number(),
  longestLockMs: z.number(),
  skipped: z.array(z.object({ policy: z.string(), month: z.string(), reason: skipReason })),
  error: nullable,
} satisfies SchemaOf<RetentionRun>;

export const runsAnswer = z.object({
  items: z.array(z.object({ ...run, manifests: z.array(z.object(manifest)) })),
  nextCursor: z.number().nullable(),
});

const person = z.object({ id: z.number(), name: z.string() }).nullable();

const hold = {
  id: z.number(),
  name: z.string(),
  reason: z.string(),
  scope: z.record(z.string(), z.unknown()) as unknown as z.ZodType<HoldScope>,
  placedAt: z.string(),
  placedBy: person,
  releasedAt: nullable,
  releasedBy: person,
  releaseReason: nullable,
  version: z.number(),
} satisfies SchemaOf<Hold>;
export const holdAnswer = z.object(hold);

const count = { count: z.number().nullable(), isMore: z.boolean() } satisfies SchemaOf<HoldCount>;
export const countAnswer = z.object(count);
export const holdsAnswer = z.object({ items: z.array(z.object({ ...hold, ...count } satisfies SchemaOf<ListedHold>)) });

export const erasurePreviewAnswer = z.object({
  confirm: z.string(),
  name: nullable,
  account: z.enum(["active", "inactive", "gone"]).nullable(),
  counts: z.object({ actor: z.number(), object: z.number(), target: z.number(), query: z.number() }),
  total: z.number(),
  oldest: nullable,
  newest: nullable,
  blocks: z.array(z.object({ reason: z.enum(erasureBlocks), sentence: z.string() })),
} satisfies SchemaOf<ErasurePreview>);
