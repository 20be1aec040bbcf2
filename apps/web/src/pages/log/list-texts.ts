/** Marks of rows whose content is not all there, or not where it was. */
export const listTexts = {
  restored: "from the archive",
  erased: "personal parts erased",
  repeats: (n: number) => (n === 1 ? "Stands for one further read" : `Stands for ${n} further reads`),
} as const;
