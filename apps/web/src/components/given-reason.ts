/** What an act says of its reason: nothing when none was given. */
export const givenReason = (reason: string): { reason?: string } =>
  reason.trim() === "" ? {} : { reason: reason.trim() };
