import { dayIn } from "@countersign/audit/calendar";
import { type FormatName, formatNames, formats } from "@countersign/audit/formats";
import { eachPermit } from "@countersign/db/permit-list";
import type { Permit } from "@countersign/db/permits";
import { z } from "zod";
import { DomainError } from "../domain/domain-error.ts";
import { permitQuery, toPermitFilter } from "../domain/permit-query.ts";
import { download } from "../http/raw-route.ts";
import { createSpool, type Spool } from "../http/spool.ts";
import type { Called } from "../trpc/telling.ts";

/** The columns of the file: people by name and, where somebody works on it, by id. */
const columns = {
  id: ({ id }) => id,
  permit_number: ({ permitNumber }) => permitNumber,
  type: ({ type }) => type,
  holder_name: ({ holderName }) => holderName,
  holder_contact: ({ holderContact }) => holderContact,
  site: ({ site }) => site,
  status: ({ status }) => status,
  valid_from: ({ validFrom }) => validFrom,
  valid_to: ({ validTo }) => validTo,
  assigned_to: ({ assignedTo }) => assignedTo?.name ?? null,
  assigned_to_id: ({ assignedTo }) => assignedTo?.id ?? null,
  assigned_at: ({ assignedAt }) => assignedAt,
  assigned_by: ({ assignedBy }) => assignedBy?.name ?? null,
  notes: ({ notes }) => notes,
  created_at: ({ createdAt }) => createdAt,
  created_by: ({ createdBy }) => createdBy?.name ?? null,
  updated_at: ({ updatedAt }) => updatedAt,
  updated_by: ({ updatedBy }) => updatedBy?.name ?? null,
  version: ({ version }) => version,
} as const satisfies Record<string, (permit: Permit) => string | number | null>;

const names = Object.keys(columns) as (keyof typeof columns)[];
const toRow = (permit: Permit) => Object.fromEntries(names.map((name) => [name, columns[name](permit)]));

const tooManyRows = (most: number) =>
  new DomainError(
    "invalid",
    "too_many_rows",
    `Nothing was exported: more than ${most} permits match. Narrow the filter.`,
  );

type Exported = { spool: Spool; count: number; bytes: number; sha256: string; format: FormatName; day: string };
const input = z.strictObject({ ...permitQuery, format: z.enum(formatNames).default("csv") });

const write = async (ctx: Called, { format, ...filter }: z.output<typeof input>): Promise<Exported> => {
  const { readDb, settings, now } = ctx.services;
  const { head, line } = formats[format];
  const most = settings["export.max_rows"];
  const spool = await createSpool();
  let count = 0;
  try {
    await spool.write(head(names));
    await eachPermit(readDb, toPermitFilter(filter, ctx.services), async (permits) => {
      count += permits.length;
      if (count > most) throw tooManyRows(most);
      await spool.write(permits.map((permit) => line(toRow(permit))).join(""));
    });
    return { spool, count, ...spool.seal(), format, day: dayIn(settings["display.time_zone"], now()) };
  } catch (error) {
    await spool.discard();
    throw error;
  }
};

const filterOf = ({ format: _, ...filter }: z.output<typeof input>) =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));

/** The permits of a filter as a file. It is written whole first, so that the event holds its exact count and hash. */
export const permitExport = download({
  path: "/api/permits/export",
  summary: "The permits of a filter as a file; that they left is recorded",
  gives: Object.values(formats).map(({ mediaType }) => mediaType),
  feature: "permits.export",
  event: "permit_export",
  input,
  run: (ctx, given) => ctx.services.exportLine(() => write(ctx, given)),
  object: () => ({ type: "permit", id: "list", label: "permits" }),
  metadata: (given, outcome) => ({
    format: formats[given.format].name,
    filter: filterOf(given),
    ...(outcome !== null && { count: outcome.count, bytes: outcome.bytes, sha256: outcome.sha256 }),
  }),
  send: ({ spool, format, day, bytes }) => ({
    body: spool.read(),
    headers: {
      "content-type": formats[format].mediaType,
      "content-length": String(bytes),
      "content-disposition": `attachment; filename="permits-${day}.${formats[format].extension}"`,
    },
  }),
  abandon: ({ spool }) => spool.discard(),
});
