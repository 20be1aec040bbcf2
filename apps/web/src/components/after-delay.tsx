import { type ReactNode, useEffect, useState } from "react";

/** Shows its children only after a while, so that a quick answer brings no flicker. */
export function AfterDelay({ ms, children }: { ms: number; children: ReactNode }) {
  const [isDue, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return isDue ? children : null;
}
