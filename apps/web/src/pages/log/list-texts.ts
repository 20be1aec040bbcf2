/** Marks of rows whose content is not all there, or not where it was. */
export const listTexts = {
  restored: "from the archive",
  erased: "personal parts erased",
  repeats: (n: number) => (n === 1 ? "Stands for one further read" : `Stands for ${n} further reads`),
  acts: { proof: "Proof of this event", history: "History of its object", onlyActor: "Only what its actor did" },
  picked: (n: number) => `${n} selected`,
  pick: "Select this event",
  letGo: "No longer select this event",
  copyLinks: "Copy links",
  copyLines: "Copy as JSON lines",
  clear: "Clear",
} as const;
