import { VisuallyHidden } from "@mantine/core";
import { AfterDelay } from "../../components/after-delay.tsx";
import states from "../../components/states.module.css";
import { texts } from "../../texts.ts";
import classes from "./permits.module.css";

const widths = [60, 75, 52, 68, 80, 57, 71, 63];

/** Rows to come, in their final size. */
export function LoadingPermits() {
  return (
    <div aria-busy>
      <VisuallyHidden role="status">{texts.permits.loading}</VisuallyHidden>
      <AfterDelay ms={150}>
        <div className={classes.sheet}>
          {widths.map((width) => (
            <div key={width} className={classes.loadingRow} aria-hidden>
              <span className={states.skeleton} />
              <span className={states.skeleton} style={{ inlineSize: `${width}%` }} />
              <span className={states.skeleton} />
            </div>
          ))}
        </div>
      </AfterDelay>
    </div>
  );
}
