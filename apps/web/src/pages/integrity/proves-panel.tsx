import classes from "./integrity.module.css";
import { integrityTexts } from "./integrity-texts.ts";

const words = integrityTexts.proves;

/** What a signed log shows, and what no signature can. */
export function ProvesPanel() {
  return (
    <section className={classes.panel} aria-labelledby="proves">
      <h2 id="proves" className={classes.section}>
        {words.title}
      </h2>
      <div className={classes.prose}>
        {[...words.does, ...words.doesNot, words.outside, words.docs].map((text) => (
          <p key={text}>{text}</p>
        ))}
      </div>
    </section>
  );
}
