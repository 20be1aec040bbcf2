import { Button } from "@mantine/core";
import { useState } from "react";
import { clockTime, type Zone } from "../../format.ts";
import classes from "./live.module.css";
import { liveTexts } from "./live-texts.ts";

type Props = {
  /** When the bars and the filters were counted, in milliseconds since 1970. */
  countedAtMs: number;
  /** How many events came while the log was live. */
  arrived: number;
  zone: Zone;
  onCount: () => void;
};

/** Rows come by themselves and counts do not: says of when they are once something came since. */
export function LiveCounts({ countedAtMs, arrived, zone, onCount }: Props) {
  const [counted, setCounted] = useState({ countedAtMs, arrived });
  if (counted.countedAtMs !== countedAtMs) setCounted({ countedAtMs, arrived });
  if (arrived <= counted.arrived) return null;
  return (
    <div className={classes.counts} data-print="no">
      {liveTexts.countedAt(clockTime(new Date(countedAtMs).toISOString(), zone))}
      <Button variant="default" size="compact-xs" onClick={onCount}>
        {liveTexts.countAgain}
      </Button>
    </div>
  );
}
