import { type PermitSearch, permitInput } from "./permit-search.ts";

export type ExportFormat = "csv" | "ndjson";

/** The address of a file with the permits that a search shows. */
export const exportAddress = (search: PermitSearch, format: ExportFormat): string => {
  const asked = Object.entries({ ...permitInput(search), format }).map(([name, value]) => [name, String(value)]);
  return `/api/permits/export?${new URLSearchParams(asked)}`;
};
