import { useSyncExternalStore } from "react";
import type { Zone } from "./format.ts";

/** What a reader chose for this browser. The colour scheme is the control library's own, kept beside it. */
export type Preferences = {
  /** In which zone times are shown where the address does not say. */
  zone: Zone;
  density: "regular" | "compact";
  /** Whether the rail shows names beside its icons, where there is room. */
  rail: "open" | "folded";
  /** Whether an administrator left the first steps of a new office. */
  firstSteps: "open" | "left";
  /** Whether colours stand further apart than the system asks for. */
  contrast: "system" | "more";
  /** Whether the filters with counts stand beside the log. */
  facets: boolean;
  /** Whether single letters are keys (WCAG 2.1.4). */
  letterKeys: boolean;
  isHistogramShown: boolean;
};

const first: Preferences = {
  zone: "local",
  density: "regular",
  facets: true,
  rail: "open",
  firstSteps: "open",
  contrast: "system",
  letterKeys: true,
  isHistogramShown: true,
};
const storageKey = "countersign-preferences";
const listeners = new Set<() => void>();

/** Reads what was stored, whatever stands there; what is not known is as at first. */
export const readPreferences = (text: string | null): Preferences => {
  let stored: Partial<Record<keyof Preferences, unknown>> = {};
  try {
    stored = (JSON.parse(text ?? "{}") as typeof stored | null) ?? {};
  } catch {
    // Written by something else: as if nothing was.
  }
  return {
    zone: stored.zone === "utc" ? "utc" : first.zone,
    density: stored.density === "compact" ? "compact" : first.density,
    rail: stored.rail === "folded" ? "folded" : first.rail,
    firstSteps: stored.firstSteps === "left" ? "left" : first.firstSteps,
    contrast: stored.contrast === "more" ? "more" : first.contrast,
    facets: stored.facets !== false,
    letterKeys: stored.letterKeys !== false,
    isHistogramShown: stored.isHistogramShown !== false,
  };
};

let current: Preferences | null = null;

/** As they are at this moment. */
export const preferences = (): Preferences => (current ??= readPreferences(localStorage.getItem(storageKey)));

export const setPreference = <K extends keyof Preferences>(name: K, value: Preferences[K]): void => {
  current = { ...preferences(), [name]: value };
  localStorage.setItem(storageKey, JSON.stringify(current));
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void) => {
  const fromElsewhere = (event: StorageEvent) => {
    if (event.key !== storageKey) return;
    current = null;
    listener();
  };
  listeners.add(listener);
  window.addEventListener("storage", fromElsewhere);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", fromElsewhere);
  };
};

export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, preferences);
