import { useSyncExternalStore } from "react";

/** When the server was first not reached, in milliseconds since 1970; null while it answers. */
let lostAt: number | null = null;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

const tell = () => {
  for (const listener of listeners) listener();
};

/** Asks whether the server is there. */
export const checkReach = async (): Promise<boolean> => {
  try {
    await fetch("/health/live", { cache: "no-store" });
    reached();
    return true;
  } catch {
    unreached();
    return false;
  }
};

const ask = async () => {
  if (document.visibilityState === "visible") await checkReach();
};

/** Notes that the server answered. */
export const reached = () => {
  if (lostAt === null) return;
  lostAt = null;
  if (timer) clearInterval(timer);
  timer = null;
  tell();
};

/** Notes that the server did not answer, and asks every 5 s until it does. */
export const unreached = () => {
  if (lostAt !== null) return;
  lostAt = Date.now();
  timer = setInterval(() => void ask(), 5_000);
  tell();
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  window.addEventListener("offline", unreached);
  window.addEventListener("online", ask);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("offline", unreached);
    window.removeEventListener("online", ask);
  };
};

export const useLostAt = (): number | null => useSyncExternalStore(subscribe, () => lostAt);
