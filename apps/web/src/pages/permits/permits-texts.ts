/** Words of the permits list that no other page shows. */
export const listTexts = {
  endsSoon: (days: number) => `Expiring in ${days} days`,
  endsSoonHint: "In force, and the last valid day is near",
  newestFirst: "Newest first",
};
