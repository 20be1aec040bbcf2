import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { useMay } from "../../me.ts";
import classes from "./histogram.module.css";
import { type Histogram, runsOf, histogramTexts as words } from "./histogram-words.ts";

/** Runs that are linked; of more, how many. */
const mostRuns = 3;

/** That there are gaps, and the runs that left them. */
export function Gaps({ removed }: Pick<Histogram, "removed">) {
  const mayOpen = useMay("retention.read");
  const runs = runsOf(removed);
  return (
    <p className={classes.part}>
      {words.gaps}{" "}
      {mayOpen
        ? runs.slice(0, mostRuns).map((id) => (
            <Fragment key={id}>
              <Link to="/retention" search={{ run: id }}>
                {words.run(id)}
              </Link>{" "}
            </Fragment>
          ))
        : null}
      {mayOpen && runs.length > mostRuns ? words.moreRuns(runs.length - mostRuns) : null}
    </p>
  );
}

const lines = [0, 1, 2, 3, 4, 5];

/** Slanting lines over the place of a bar, of one slope however wide it is drawn. */
export function Hatching({ index, count }: { index: number; count: number }) {
  const width = Math.min(1, count / 60);
  const places = Array.from({ length: Math.round(1 / width) }, (_, place) => index + place * width);
  return places.flatMap((x) =>
    lines.map((line) => (
      <line
        key={`${x} ${line}`}
        x1={x}
        x2={x + width}
        y1={100 - line * 20}
        y2={80 - line * 20}
        className={classes.gap}
      />
    )),
  );
}
