import { failureCode, uniqueViolation } from "@countersign/db/failures";
import type { Transaction } from "@countersign/db/transaction";
import type { DomainError } from "./domain-error.ts";

/** Writes what has a name of its own, in a part of the transaction of its own, so that a name that is taken leaves the rest readable. */
export const unlessTaken = async <Result>(
  tx: Transaction,
  taken: () => DomainError,
  write: (part: Transaction) => Promise<Result>,
): Promise<Result> => {
  try {
    return await tx.attempt(write);
  } catch (error) {
    throw failureCode(error) === uniqueViolation ? taken() : error;
  }
};
