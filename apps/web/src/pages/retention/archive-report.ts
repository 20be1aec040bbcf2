/** What a worker tells of its work on an archive. */
export type ArchiveReport = {
  leaves: number | null;
  erased: number;
  unloaded: number | null;
  error: string | null;
  findings: { code: string; index: number | null }[];
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const numberIn = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** Reads a report, which another version of the worker may have written. */
export const readReport = (report: unknown): ArchiveReport => {
  const said = isRecord(report) ? report : {};
  const findings = Array.isArray(said.findings) ? said.findings.filter(isRecord) : [];
  return {
    leaves: numberIn(said.leaves),
    erased: numberIn(said.erased) ?? 0,
    unloaded: numberIn(said.unloaded),
    error: typeof said.error === "string" ? said.error : null,
    findings: findings.map(({ code, index }) => ({ code: String(code), index: numberIn(index) })),
  };
};
