import { texts } from "../texts.ts";
import classes from "./brand.module.css";

/** The mark: a signature on a line. */
export function Brand({ size = 26, word = true }: { size?: number; word?: boolean }) {
  return (
    <span className={classes.brand}>
      <svg viewBox="0 0 32 32" width={size} height={size} fill="none" strokeLinecap="round" aria-hidden>
        <rect width="32" height="32" rx="7" className={classes.ground} />
        <path
          className={classes.ink}
          d="M7 19c3-8 6-11 7.2-10 1.4 1.2-3.5 9-1.7 10s3.4-4.6 5-4c1.2.5-.5 3.4.8 4 1.5.6 3-1.8 6.7-2"
          strokeWidth="2.2"
        />
        <path className={classes.ink} d="M7 24.5h18" strokeWidth="1.8" opacity=".7" />
      </svg>
      {word ? <span className={classes.word}>{texts.product}</span> : null}
    </span>
  );
}
