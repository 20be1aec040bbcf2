import type { AppRouter } from "@countersign/api/router";
import type { TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { useSyncExternalStore } from "react";

/** Acts that wait for the password of whoever is signed in; they are told whether it was given. */
let waiting: ((isGiven: boolean) => void)[] = [];
const listeners = new Set<() => void>();

const tell = () => {
  for (const listener of listeners) listener();
};

/** Asks once, however many acts wait. */
const askPassword = (): Promise<boolean> =>
  new Promise((resolve) => {
    waiting = [...waiting, resolve];
    tell();
  });

/** Ends the asking: the acts that wait are repeated, or end as they were refused. */
export const answerPassword = (isGiven: boolean): void => {
  const told = waiting;
  waiting = [];
  tell();
  for (const resolve of told) resolve(isGiven);
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const usePasswordAsked = (): boolean => useSyncExternalStore(subscribe, () => waiting.length > 0);

const wantsPassword = (error: { data?: unknown }): boolean =>
  (error.data as { reason?: unknown } | null | undefined)?.reason === "reauthentication_required";

/** Repeats an act that was refused because the password was given too long ago, once it was given again; until then it is at work. */
export const withFreshPassword: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    observable((observer) => {
      let isOver = false;
      let running = next(op).subscribe({
        next: (value) => observer.next(value),
        complete: () => observer.complete(),
        error: async (error) => {
          if (!wantsPassword(error) || !(await askPassword())) return observer.error(error);
          if (!isOver) running = next(op).subscribe(observer);
        },
      });
      return () => {
        isOver = true;
        running.unsubscribe();
      };
    });
