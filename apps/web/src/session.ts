import { useSyncExternalStore } from "react";

/** Whether the server said that nobody is signed in any more; the page stays, a sign-in stands over it. */
let isOver = false;
const listeners = new Set<() => void>();

const set = (value: boolean) => {
  if (isOver === value) return;
  isOver = value;
  for (const listener of listeners) listener();
};

export const endSession = () => set(true);
export const beginSession = () => set(false);

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const useSessionOver = (): boolean => useSyncExternalStore(subscribe, () => isOver);

/** The page to go to after signing in: a path of this app, whatever the address says. */
export const returnPath = (to: string | undefined): string =>
  to?.startsWith("/") && !/^\/[/\\]/.test(to) && !to.startsWith("/sign-in") ? to : "/";
