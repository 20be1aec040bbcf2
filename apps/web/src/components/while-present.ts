import { useEffect, useEffectEvent, useRef } from "react";
import { failureOf } from "../api.ts";

/** Longer without a key or a pointer, nobody is there: asking on would keep the session open for them. */
const idleMs = 120_000;

const refusals: readonly string[] = ["forbidden", "unauthenticated", "password_change_required"];

/** Whether to ask on: whoever was refused would be refused again, and each refusal is an event. */
export const isWorthAsking = ({ isError, error }: { isError: boolean; error: unknown }): boolean =>
  !isError || !refusals.includes(failureOf(error).reason);

/** Asks again and again while somebody is at the page, and never while it is hidden; whoever comes back is not kept waiting. */
export const useWhilePresent = (everyMs: number, isWanted: boolean, ask: () => unknown): void => {
  const usedAt = useRef(Date.now());
  const askNow = useEffectEvent(() => void ask());
  useEffect(() => {
    if (!isWanted) return;
    const note = () => {
      const wasAway = Date.now() - usedAt.current >= idleMs;
      usedAt.current = Date.now();
      if (wasAway) askNow();
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
