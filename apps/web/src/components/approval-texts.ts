/** The words of acts that wait for a second person; loaded with what shows them. */
export const approvalTexts = {
  asked: "Asked. A second person decides:",
  request: (id: number) => `request #${id}`,
  nobody: "Nobody else can decide it yet.",
  needed: "This needs approval by a second person: it is asked for now, and done once somebody else agrees.",
  wish: "Ask a second person first",
  verb: "Ask for approval",
  reason: "Whoever decides reads it, and it is kept with the events.",
} as const;
