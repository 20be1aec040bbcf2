import { useSyncExternalStore } from "react";

/** When the server was first not reached, in milliseconds since 1970; null while it answers. */
let lostAt: number | null = null;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

const answeredAgain = new Set<() => void>();

const tell = () => {
  for (const listener of listeners) listener();
};

/** Asks whether the server is there; what stands before it and answers in its place does not count. */
export const checkReach = async (): Promise<boolean> => {
  const isThere = await fetch("/health/live", { cache: "no-store" }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (isThere) reached();
  else unreached();
  return isThere;
};

/** What a proxy says when the server behind it does not answer. The server may say 503 of itself, so only asking tells. */
const inPlaceOfServer: readonly number[] = [502, 503, 504];

/** Notes what an answer tells of the server being there. */
export const noteAnswer = (status: number): void => {
  if (inPlaceOfServer.includes(status)) void checkReach();
  else reached();
};

const ask = async () => {
  if (document.visibilityState === "visible") await checkReach();
};

/** Notes that the server answered. */
const reached = () => {
  if (lostAt === null) return;
  lostAt = null;
  if (timer) clearInterval(timer);
  timer = null;
  tell();
  for (const listener of answeredAgain) listener();
};

/** Calls back each time the server answers again. */
export const onAnsweredAgain = (listener: () => void): void => void answeredAgain.add(listener);

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
