import { findingCodes } from "@countersign/audit/ledger/findings";
import type { LogFinding, VerificationReport } from "@countersign/db/verification-records";

const shown = 50;

const number = (value: number): string => value.toLocaleString("en");

const places: Record<string, (size: string) => string> = {
  checkpoint: (size) => `the checkpoint of ${size} leaves`,
  anchor: (size) => `a checkpoint of ${size} leaves that was kept outside`,
  witness: (size) => `a checkpoint of ${size} leaves that a witness has`,
};

/** A finding as a sentence that says where. */
const sentenceOf = ({ code, index, id, part, epoch }: LogFinding): string => {
  const inEpoch = epoch === 1 ? "" : `, epoch ${epoch}`;
  const named = part === null ? undefined : places[part];
  const where = named?.(index === null ? "?" : number(index)) ?? (index === null ? "" : `index ${index}`);
  const event = id === null ? "" : `event ${id}`;
  const what = named === undefined && part !== null ? `${code} (${part})` : code;
  return `${what} at ${[where, event].filter(Boolean).join(", ")}${inEpoch}: ${findingCodes[code].sentence}`;
};

const countLines = ({ counts }: VerificationReport): string[] => {
  const rows = Object.entries(counts).filter(([code, count]) => code === "OK" || count > 0);
  const width = Math.max(...rows.map(([code]) => code.length));
  const digits = Math.max(...rows.map(([, count]) => number(count).length));
  return rows.map(([code, count]) => `  ${code.padEnd(width)}  ${number(count).padStart(digits)}`);
};

/** What the verdict rests on, and what it does not show. */
const limits = ({ trust, anchors, cosigned, size, verified }: VerificationReport): string[] => {
  const lines: string[] = [];
  if (size > (verified?.size ?? 0))
    lines.push(`  ${number(size - (verified?.size ?? 0))} of the leaves are under no signature yet.`);
  if (trust === "self_consistent") {
    lines.push(
      "  Self-consistent only: the keys are the database's own. Whoever can write all of it could have made all of it; give --vkey.",
    );
  }
  if (anchors.length === 0)
    lines.push("  No checkpoint kept outside was compared: an older state of the log would look just as whole.");
  lines.push(
    cosigned === null
      ? "  No trusted witness cosigned: whoever holds database and key could show another log to others."
      : `  Cosigned up to ${number(cosigned.size)} leaves at ${new Date(cosigned.timeS * 1000).toISOString()}.`,
  );
  return lines;
};

/** The whole result for a reader: counts, the first findings, what it rests on. */
export const resultLines = (
  report: VerificationReport,
  findings: readonly LogFinding[],
  { name, seconds }: { name: string; seconds: number },
): string[] => {
  const { ok, from, size, rootsMet, found, verified, trust } = report;
  const range = from === 0 ? `${number(size)} leaves` : `leaves ${number(from)} to ${number(size)}`;
  const verdict = ok
    ? trust === "signed"
      ? `Intact: all that was sealed is there as it was, under roots that the given key signed, up to ${number(verified?.size ?? 0)} leaves.`
      : "Nothing was found that does not fit."
    : `NOT intact: ${number(found)} finding${found === 1 ? "" : "s"}.`;
  return [
    `${name}: ${range}, ${number(rootsMet)} signed roots met, ${seconds.toFixed(1)} s`,
    ...countLines(report),
    ...findings.slice(0, shown).map((finding) => `  ${sentenceOf(finding)}`),
    ...(found > shown ? [`  … and ${number(found - shown)} more; --json FILE keeps them all.`] : []),
    verdict,
    ...limits(report),
  ];
};

/** How far it is, for a terminal. */
export const progressLine = (done: number, total: number, seconds: number): string => {
  const part = total === 0 ? 1 : done / total;
  const bar = "█".repeat(Math.round(part * 24)).padEnd(24, "░");
  const rate = seconds > 0.5 ? `  ${number(Math.round(done / seconds))}/s` : "";
  return `${bar} ${Math.floor(part * 100)} %  ${number(done)} of ${number(total)}${rate}`;
};
