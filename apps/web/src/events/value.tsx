import { Fragment } from "react";
import { Foreign } from "../components/foreign.tsx";
import type { Zone } from "../format.ts";
import classes from "./value.module.css";
import { shownValue } from "./values.ts";
import type { Run } from "./word-runs.ts";

/** One value of a change. `runs` marks the words that differ from the other side. */
export function Value({ value, zone, runs }: { value: unknown; zone: Zone; runs?: Run[] | undefined }) {
  if (runs) {
    return (
      <span className={classes.text}>
        {runs.map((run, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: runs have no identity but their place
          <Fragment key={index}>
            {run.isChanged ? (
              <mark className={classes.changed}>
                <Foreign text={run.text} />
              </mark>
            ) : (
              <Foreign text={run.text} />
            )}
          </Fragment>
        ))}
      </span>
    );
  }
  const shown = shownValue(value, zone);
  if (shown.kind === "text") {
    return (
      <span className={classes.text}>
        <Foreign text={shown.text} />
      </span>
    );
  }
  return <span className={shown.kind === "none" ? classes.none : undefined}>{shown.text}</span>;
}
