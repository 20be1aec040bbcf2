import { useSyncExternalStore } from "react";
import { usePreferences } from "./preferences.ts";

const wish = window.matchMedia("(prefers-contrast: more)");

const subscribe = (listener: () => void) => {
  wish.addEventListener("change", listener);
  return () => wish.removeEventListener("change", listener);
};

/** Whether colours stand further apart: as the system wishes, or as was chosen in this browser. */
export const useHighContrast = (): boolean => {
  const isWished = useSyncExternalStore(subscribe, () => wish.matches);
  return usePreferences().contrast === "more" || isWished;
};
