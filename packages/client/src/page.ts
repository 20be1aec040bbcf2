export type Page = { isHidden: () => boolean; stop: () => void };

type Listening = {
  addEventListener?: (type: string, listener: () => void) => void;
  removeEventListener?: (type: string, listener: () => void) => void;
};
/** What of a browser is used here, so that whoever imports the client need not have its types. */
type Surroundings = Listening & { document?: Listening & { visibilityState: string } };

/** In a browser: calls back when the network returns or the page is left. Elsewhere nothing happens. */
export const watchPage = (onChance: () => void): Page => {
  const network = globalThis as Surroundings;
  const { document } = network;
  const isHidden = (): boolean => document?.visibilityState === "hidden";
  const onVisibility = (): void => {
    if (isHidden()) onChance();
  };
  network.addEventListener?.("online", onChance);
  document?.addEventListener?.("visibilitychange", onVisibility);
  return {
    isHidden,
    stop: () => {
      network.removeEventListener?.("online", onChance);
      document?.removeEventListener?.("visibilitychange", onVisibility);
    },
  };
};
