import { StartError } from "@countersign/db/embedded/start-error";
import { SetupError } from "../../apps/api/src/setup.ts";

/** Says why a command could not do its work: one sentence for what its user can mend, everything for what is our mistake. */
export function complain(error: unknown): void {
  if (error instanceof StartError) console.error(error.sentence);
  else if (error instanceof SetupError) console.error(error.message);
  else console.error(error);
}
