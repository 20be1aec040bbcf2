import { usePreferences } from "../../preferences.ts";
import type { Column, Density, Grouping, LogSearch } from "./log-search.ts";

/** How the rows are drawn, apart from which they are. */
export type Look = { group: Grouping | undefined; hide: readonly Column[]; density: Density };

/** As the address says, or as the reader chose for every page. */
export const useLook = ({ group, hide = [], density }: LogSearch): Look => {
  const { density: chosen } = usePreferences();
  return { group, hide, density: density ?? chosen };
};
