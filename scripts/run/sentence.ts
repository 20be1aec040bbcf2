import { StartError } from "@countersign/db/embedded/start-error";
import { SetupError } from "../../apps/api/src/setup.ts";

/** What its user can mend, in one sentence; null for what is our mistake. */
export const ownSentence = (error: unknown): string | null => {
  if (error instanceof StartError) return error.sentence;
  return error instanceof SetupError ? error.message : null;
};

/** Says why a command could not do its work: one sentence for what its user can mend, everything for what is our mistake. */
export function complain(error: unknown): void {
  console.error(ownSentence(error) ?? error);
}
