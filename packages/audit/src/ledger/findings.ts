/** What checking the log may say of an event or a checkpoint. */
export const findingCodes = {
  OK: { valid: true, sentence: "The event is as it was sealed." },
  OK_EXPIRED: { valid: true, sentence: "The event was dropped after its retention, under a recorded manifest." },
  OK_ERASED: {
    valid: true,
    sentence: "The event is as it was sealed; its details were erased under a recorded manifest.",
  },
  ALTERED: { valid: false, sentence: "The content is not what was sealed." },
  COLUMN_MISMATCH: { valid: false, sentence: "A column of the event says something else than its sealed content." },
  MISSING: { valid: false, sentence: "The event is gone, and no manifest says why." },
  DETAILS_MISSING: { valid: false, sentence: "The details of the event are gone, and no manifest says why." },
  EXTRA: { valid: false, sentence: "The event was never sealed and does not wait to be." },
  UNSEALED: { valid: false, sentence: "The event has waited for more than 60 seconds to be sealed." },
  BAD_SIGNATURE: { valid: false, sentence: "A signature of a trusted key does not fit the checkpoint." },
  KEY_UNKNOWN: { valid: false, sentence: "No trusted key signed the checkpoint." },
  FORKED: {
    valid: false,
    sentence: "Two histories were signed: another root stands at a size that was signed before.",
  },
  ROLLED_BACK: { valid: false, sentence: "The log is smaller than once signed." },
} as const satisfies Record<string, { valid: boolean; sentence: string }>;
export type FindingCode = keyof typeof findingCodes;

/** `index` is the place in the log, of a checkpoint its size; `part` names the column or the part that does not fit. */
export type Finding = { code: FindingCode; index: number | null; id: string | null; part: string | null };

/** A count of nothing for each code. */
export const noFindings = (): Record<FindingCode, number> =>
  Object.fromEntries(Object.keys(findingCodes).map((code) => [code, 0])) as Record<FindingCode, number>;
