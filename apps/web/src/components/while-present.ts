import { useEffect, useEffectEvent, useRef } from "react";

/** Longer without a key or a pointer, nobody is there: asking on would keep the session open for them. */
const idleMs = 120_000;

/** Asks again and again while somebody is at the page, and never while it is hidden. */
export const useWhilePresent = (everyMs: number, isWanted: boolean, ask: () => unknown): void => {
  const usedAt = useRef(Date.now());
  const askNow = useEffectEvent(() => void ask());
  useEffect(() => {
    if (!isWanted) return;
    const note = () => {
      usedAt.current = Date.now();
    };
    const timer = setInterval(() => {
      if (document.visibilityState === "visible" && Date.now() - usedAt.current < idleMs) askNow();
    }, everyMs);
    document.addEventListener("pointermove", note, { passive: true });
    document.addEventListener("keydown", note);
    return () => {
      clearInterval(timer);
      document.removeEventListener("pointermove", note);
      document.removeEventListener("keydown", note);
    };
  }, [everyMs, isWanted]);
};
