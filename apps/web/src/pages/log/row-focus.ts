import type { RefObject } from "react";

const rowSteps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

/** Moves the focus within a row, from the row itself to what can be pressed in it; the list has one tab stop. */
export const walkRow = (from: HTMLElement, key: string): boolean => {
  const row = from.closest<HTMLElement>("tr[data-event]");
  const by = rowSteps[key];
  if (!row || by === undefined) return false;
  const stops = [row, ...row.querySelectorAll<HTMLElement>("a, button")];
  const next = stops[stops.indexOf(from) + by];
  next?.focus({ preventScroll: true });
  return next !== undefined;
};

/** Puts the focus on the row that is wanted, once it is drawn. */
export const focusRow = (scroller: HTMLElement | null, wanted: RefObject<string | null>) => {
  if (wanted.current === null) return;
  const row = scroller?.querySelector<HTMLElement>(`[data-event="${CSS.escape(wanted.current)}"]`);
  if (!row) return;
  wanted.current = null;
  row.focus({ preventScroll: true });
};
