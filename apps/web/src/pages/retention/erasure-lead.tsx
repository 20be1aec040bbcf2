import { Link } from "@tanstack/react-router";
import { erasureTexts } from "./erasure-texts.ts";
import classes from "./retention.module.css";

const words = erasureTexts.lead;

/** The way from retention to what takes more than time away, and to what is left of a month. */
export function ErasureLead() {
  return (
    <section className={classes.panel} aria-labelledby="retention-erasure">
      <h2 id="retention-erasure" className={classes.section}>
        {words.title}
      </h2>
      <p className={classes.muted}>{words.hint}</p>
      <p>
        <Link to="/retention/erasure">{words.link}</Link>
      </p>
    </section>
  );
}
