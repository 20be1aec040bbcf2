import { useEffect, useSyncExternalStore } from "react";

/** Something that can be done with what the page shows. */
export type PageAction = { label: string; run: () => void };

type Offer = { of: string; actions: readonly PageAction[] };

let offer: Offer | null = null;
const listeners = new Set<() => void>();

const set = (next: Offer | null) => {
  offer = next;
  for (const listener of listeners) listener();
};

/** Offers the acts on the open object to the command palette, under the object's name, while the page is there. */
export const usePageActions = (of: string, actions: readonly PageAction[]): void => {
  useEffect(() => {
    const mine = { of, actions };
    set(mine);
    return () => {
      if (offer === mine) set(null);
    };
  });
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** What the open page offers, or null. */
export const useOffer = (): Offer | null => useSyncExternalStore(subscribe, () => offer);
