import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import { setPreference, usePreferences } from "../../preferences.ts";

/** Where the filters with counts stand: beside the rows where there is room, else over them while they are asked for. */
export type FacetsPlace = { place: "beside" | "over" | null; isOpen: boolean; toggle: () => void; close: () => void };

export const useFacetsPlace = (isDrawerOpen: boolean): FacetsPlace => {
  const { facets } = usePreferences();
  const [isSheetOpen, setSheetOpen] = useState(false);
  const now = { getInitialValueInEffect: false };
  const isWide = useMediaQuery("(min-width: 1280px)", false, now);
  // Beside the drawer too only where the rows keep enough to be read.
  const isWidest = useMediaQuery("(min-width: 1600px)", false, now);
  const fits = isDrawerOpen ? isWidest : isWide;
  const place = fits ? (facets ? "beside" : null) : isSheetOpen ? "over" : null;
  const set = (isOpen: boolean) => (fits ? setPreference("facets", isOpen) : setSheetOpen(isOpen));
  return { place, isOpen: place !== null, toggle: () => set(place === null), close: () => set(false) };
};
