import { type KeyboardEvent, type PointerEvent, useState } from "react";

export const narrowest = 400;
export const widest = 900;
const first = 520;
const stepPx = 20;
const storageKey = "countersign-drawer-width";

const within = (px: number): number => Math.min(Math.max(Math.round(px), narrowest), widest);

/** Reads a stored width, whatever stands there. */
export const readSize = (text: string | null): number => {
  const px = Number(text ?? Number.NaN);
  return Number.isFinite(px) && px > 0 ? within(px) : first;
};

/** The width after a key, for a drawer whose handle is at its start; null for a key that means nothing here. */
export const sizeAfter = (key: string, px: number): number | null => {
  const next: Record<string, number> = {
    ArrowLeft: px + stepPx,
    ArrowRight: px - stepPx,
    Home: narrowest,
    End: widest,
  };
  return Object.hasOwn(next, key) ? within(next[key] ?? px) : null;
};

/** How wide the drawer is in this browser, and what its handle does by mouse and keyboard. */
export const useDrawerSize = () => {
  const [px, setPx] = useState(() => readSize(localStorage.getItem(storageKey)));
  const set = (next: number) => {
    setPx(within(next));
    localStorage.setItem(storageKey, String(within(next)));
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const edges = event.currentTarget.parentElement?.getBoundingClientRect();
    if (edges) set(edges.right - event.clientX);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = sizeAfter(event.key, px);
    if (next === null) return;
    event.preventDefault();
    set(next);
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => event.currentTarget.setPointerCapture(event.pointerId);
  return { px, handle: { onPointerDown, onPointerMove, onKeyDown } };
};
