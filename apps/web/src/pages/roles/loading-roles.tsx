import { AfterDelay } from "../../components/after-delay.tsx";
import states from "../../components/states.module.css";
import classes from "./roles.module.css";
import { rolesTexts } from "./roles-texts.ts";

/** Lines in the place of the roles while they are read. */
export function LoadingRoles() {
  return (
    <AfterDelay ms={150}>
      <div className={classes.loading} aria-busy aria-label={rolesTexts.loading} role="status">
        {[62, 48, 70, 55, 64, 44, 58, 50].map((width) => (
          <div key={width} className={states.skeleton} style={{ inlineSize: `${width}%` }} />
        ))}
      </div>
    </AfterDelay>
  );
}
