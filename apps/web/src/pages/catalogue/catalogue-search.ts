/** Which types are shown. */
export const shows = ["all", "edited", "off", "locked"] as const;
export type Show = (typeof shows)[number];

/** What the address of the catalogue holds. */
export type CatalogueSearch = { q?: string; severity?: string; show?: Show };

export const parseCatalogueSearch = (raw: Record<string, unknown>): CatalogueSearch => {
  const search: CatalogueSearch = {};
  if (typeof raw.q === "string" && raw.q.trim() !== "") search.q = raw.q.slice(0, 256);
  if (typeof raw.severity === "string" && raw.severity !== "") search.severity = raw.severity;
  const show = shows.find((known) => known === raw.show);
  if (show !== undefined && show !== "all") search.show = show;
  return search;
};

export const isFiltered = (search: CatalogueSearch): boolean => Object.keys(search).length > 0;
