import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTRPC } from "../api.ts";
import { useMay } from "../me.ts";
import { texts } from "../texts.ts";
import classes from "./rail.module.css";

const everyMs = 30_000;
/** Longer without a key or a pointer, nobody is there: asking on would keep the session open for them. */
const idleMs = 120_000;

/** How many requests wait for the one who is signed in; asked for while somebody is at the page, and never while it is hidden. */
export function WaitingCount() {
  const trpc = useTRPC();
  const mayDecide = useMay("approvals.decide");
  const { data, refetch } = useQuery({
    ...trpc.approvals.waiting.queryOptions(),
    enabled: mayDecide,
    staleTime: everyMs,
  });
  const usedAt = useRef(Date.now());
  useEffect(() => {
    if (!mayDecide) return;
    const note = () => {
      usedAt.current = Date.now();
    };
    const ask = () => {
      if (document.visibilityState === "visible" && Date.now() - usedAt.current < idleMs) void refetch();
    };
    const timer = setInterval(ask, everyMs);
    document.addEventListener("pointermove", note, { passive: true });
    document.addEventListener("keydown", note);
    return () => {
      clearInterval(timer);
      document.removeEventListener("pointermove", note);
      document.removeEventListener("keydown", note);
    };
  }, [mayDecide, refetch]);
  if (!data || data.count === 0) return null;
  return (
    <span className={classes.count}>
      <span aria-hidden>{data.count > 99 ? "99+" : data.count}</span>
      <span className={classes.countWords}>{texts.nav.waiting(data.count)}</span>
    </span>
  );
}
