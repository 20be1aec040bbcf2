/** On what legal ground personal parts may be erased. The key stands in the leaf of the event, so it is never free text. */
export const erasureBases = {
  request: "The person asked for it",
  consent_withdrawn: "The person withdrew consent",
  no_longer_needed: "No longer needed for what it was recorded for",
  unlawful: "Was recorded without a legal ground",
  legal_obligation: "Required by law, or by order of a court or authority",
} as const;
export type ErasureBasis = keyof typeof erasureBases;

/** The ground in words; one that this version does not know, as it was recorded. */
export const basisSentence = (basis: string): string =>
  Object.hasOwn(erasureBases, basis) ? erasureBases[basis as ErasureBasis] : basis;
