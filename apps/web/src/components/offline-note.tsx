import { CloudOff } from "lucide-react";
import { useEffect, useState } from "react";
import { ago, clockTime } from "../format.ts";
import { useLostAt } from "../reach.ts";
import { texts } from "../texts.ts";
import classes from "./states.module.css";

/** The time of this machine, looked at again every so often; not at all without a pace. */
const useNow = (everyMs: number | null): number => {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (everyMs === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
};

/** Stands over every page while the server does not answer. */
export function OfflineNote() {
  const lostAt = useLostAt();
  const now = useNow(lostAt === null ? null : 10_000);
  return (
    <div role="status">
      {lostAt === null ? null : (
        <div className={classes.banner}>
          <CloudOff size={16} aria-hidden />
          {texts.failure.offline(clockTime(new Date(lostAt).toISOString(), "local"))}
          {/* Told by the time already; an age that is read out anew each time it changes would not let anybody rest. */}
          <span className={classes.age} aria-hidden>
            {ago(new Date(lostAt).toISOString(), Math.max(now, lostAt))}
          </span>
        </div>
      )}
    </div>
  );
}
