import { DomainError } from "../domain/domain-error.ts";
import { createWorkLine } from "../work-line.ts";

/** Two exports are written at once and a few more wait, so that they never take the database from everybody else. */
export const createExportLine = () =>
  createWorkLine({
    atOnce: 2,
    waiting: 8,
    full: () =>
      new DomainError("too-many", "too_many_exports", "Other exports are under way. Try again in a moment.", {
        retryAfterS: 5,
      }),
  });
