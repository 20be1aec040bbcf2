/** What an act answered that could have waited for a second person; throws when it does. */
export const doneOf = <Answer extends { outcome: string }>(answer: Answer): Exclude<Answer, { outcome: "pending" }> => {
  if (answer.outcome === "pending") throw new Error("the act waits for a second person");
  return answer as Exclude<Answer, { outcome: "pending" }>;
};
