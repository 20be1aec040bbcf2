export type Page = { isHidden: () => boolean; stop: () => void };

/** In a browser: calls back when the network returns or the page is left. Elsewhere nothing happens. */
export const watchPage = (onChance: () => void): Page => {
  const isPage = typeof document !== "undefined";
  const isHidden = (): boolean => isPage && document.visibilityState === "hidden";
  const onVisibility = (): void => {
    if (isHidden()) onChance();
  };
  const network = typeof globalThis.addEventListener === "function" ? globalThis : null;
  network?.addEventListener("online", onChance);
  if (isPage) document.addEventListener("visibilitychange", onVisibility);
  return {
    isHidden,
    stop: () => {
      network?.removeEventListener("online", onChance);
      if (isPage) document.removeEventListener("visibilitychange", onVisibility);
    },
  };
};
