import { type Finding, findingCodes } from "@countersign/audit/ledger/findings";
import type { ArchiveVerdict } from "@countersign/audit/ledger/verify-archive";

const shown = 50;
const number = (value: number): string => value.toLocaleString("en");

const sentenceOf = ({ code, index, id, part }: Finding): string => {
  const where = [index === null ? "" : `index ${index}`, id === null ? "" : `event ${id}`].filter(Boolean).join(", ");
  return `  ${code}${part === null ? "" : ` (${part})`}${where === "" ? "" : ` at ${where}`}: ${findingCodes[code].sentence}`;
};

/** The result of checking an archived month for a reader: what was found, and what the check rests on. */
export const archiveLines = ({
  verdict,
  findings,
  manifest,
  against,
  hasKey,
  hasDetails,
}: {
  verdict: ArchiveVerdict;
  findings: readonly Finding[];
  manifest: string;
  against: "proof" | "database";
  hasKey: boolean;
  hasDetails: boolean;
}): string[] => {
  const { ok, leaves, opened, unexplained, counts } = verdict;
  const erased = counts.OK_ERASED;
  return [
    `${manifest}: ${number(leaves)} leaves${hasDetails ? `, ${number(opened)} with their details` : ""}${erased > 0 ? `, ${number(erased)} whose details were erased under a recorded manifest` : ""}`,
    ...findings.slice(0, shown).map(sentenceOf),
    ...(findings.length > shown ? [`  … and more.`] : []),
    ok
      ? `Intact: these are the events that retention removed, ${hasKey ? "as a root that the given key signed says" : "as the database says"}.`
      : "NOT intact.",
    ...(hasDetails ? [] : ["  The file of details was not given, so no details were checked."]),
    ...(unexplained > 0
      ? [
          `  ${number(unexplained)} events have no details here. Whether an erasure took them, only the database or its certificate can tell.`,
        ]
      : []),
    ...(hasKey
      ? []
      : [
          "  Self-consistent only: the keys are the database's own. Whoever can write all of it could have made all of it; give --vkey.",
        ]),
    ...(against === "proof"
      ? ["  Compared with the manifest's event alone; with the database each leaf is compared at its place, too."]
      : []),
  ];
};
