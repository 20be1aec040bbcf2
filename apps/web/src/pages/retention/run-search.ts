/** The run that the page opens and shows in its ledger. */
export type RetentionSearch = { run?: number };

export const parseRetentionSearch = ({ run }: { run?: unknown }): RetentionSearch =>
  /^[1-9]\d{0,14}$/.test(String(run)) ? { run: Number(run) } : {};
