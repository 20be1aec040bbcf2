/** Words of the permits list that no other page shows. */
export const listTexts = {
  endsSoon: (days: number) => `Expiring in ${days} days`,
  endsSoonHint: "In force, and the last valid day is near",
  newestFirst: "Newest first",
  aUser: (id: string) => `User ${id}`,
  /** What a list says of itself in any order but that of time. */
  sorted: {
    table: "Permits, sorted",
    more: "Reading more permits…",
    shown: (n: string, more: boolean) =>
      more ? `${n} permits shown, more follow` : n === "1" ? "1 permit" : `${n} permits`,
  },
};
