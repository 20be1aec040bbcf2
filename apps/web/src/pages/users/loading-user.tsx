import { AfterDelay } from "../../components/after-delay.tsx";
import { Page } from "../../components/page.tsx";
import states from "../../components/states.module.css";
import classes from "./user.module.css";
import { usersTexts as words } from "./users-texts.ts";

/** A user's page to come, in its final size. */
export function LoadingUser() {
  return (
    <Page title={words.title}>
      <AfterDelay ms={150}>
        <div className={classes.columns} aria-busy>
          {["left", "right"].map((side) => (
            <div key={side} className={classes.panel}>
              {[70, 55, 62, 48, 66].map((width) => (
                <div key={width} className={classes.fact}>
                  <div className={states.skeleton} />
                  <div className={states.skeleton} style={{ inlineSize: `${width}%` }} />
                </div>
              ))}
            </div>
          ))}
        </div>
      </AfterDelay>
    </Page>
  );
}
