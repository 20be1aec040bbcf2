import { failureCode } from "@countersign/db/failures";

/** What a statement answers; null when the database stopped it after its limit: then that is not known, and nothing worse. */
export const unlessSlow = async <Answer>(answer: Promise<Answer>): Promise<Answer | null> => {
  try {
    return await answer;
  } catch (error) {
    if (failureCode(error) === "57014") return null;
    throw error;
  }
};
