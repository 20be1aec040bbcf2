import { useLostAt } from "../reach.ts";
import { texts } from "../texts.ts";
import classes from "./states.module.css";

/** In a form that was open when the server fell silent: why its button is off. */
export function OffNote() {
  if (useLostAt() === null) return null;
  return (
    <p className={classes.off} role="alert">
      {texts.failure.offlineReason}
    </p>
  );
}
