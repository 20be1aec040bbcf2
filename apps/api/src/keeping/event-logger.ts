import { createEventLogger } from "@countersign/audit/logger";
import type { Transaction } from "@countersign/db/transaction";
import { type LogPage, readLogPage } from "../domain/log-page.ts";
import type { Services } from "../services.ts";

/** The event logger on our database: `eventLogger(services)(tx).logEvent(…)`, told to the workers after the commit. */
export const eventLogger = ({ keeper, now }: Pick<Services, "keeper" | "now">) =>
  createEventLogger<Transaction, LogPage>({
    now,
    keep: keeper.keepWith,
    list: readLogPage,
  });
