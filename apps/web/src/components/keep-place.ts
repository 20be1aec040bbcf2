import { type RefObject, useEffect, useRef } from "react";

/** Once the card that had the focus is gone from the list, the one in its place has it, or what says how that ended. */
export const useKeepPlace = (
  items: readonly { id: number }[],
  active: number | null,
  cardId: (id: number) => string,
  end?: RefObject<HTMLElement | null>,
): void => {
  const place = useRef<number | null>(null);
  useEffect(() => {
    const at = items.findIndex(({ id }) => id === active);
    if (at >= 0) {
      place.current = at;
      return;
    }
    if (place.current === null) return;
    const next = items[Math.min(place.current, items.length - 1)];
    place.current = null;
    if (document.activeElement !== document.body) return;
    const target = next === undefined ? end?.current : document.getElementById(cardId(next.id));
    target?.focus();
  }, [items, active, cardId, end]);
};
