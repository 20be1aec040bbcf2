/** Words of every table of a list. */
export const tableTexts = {
  sortBy: "Sort by",
  up: (head: string) => `${head}, ascending`,
  down: (head: string) => `${head}, descending`,
};
