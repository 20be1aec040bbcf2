import { count, plainDate } from "../../format.ts";
import classes from "./catalogue.module.css";
import { catalogueTexts } from "./catalogue-texts.ts";
import type { Activity } from "./event-types.ts";
import { dayAt, monthInWords, Spark } from "./spark.tsx";

const words = catalogueTexts.page;

/** How often a type was recorded, as a picture and as a table, and how often it was not kept. */
export function TypeActivity({ activity, from }: { activity: Activity | undefined; from: string }) {
  const { counts = [], suppressed = 0, lastDay = null } = activity ?? {};
  return (
    <section className={classes.panel} aria-labelledby="activity">
      <h2 id="activity" className={classes.section}>
        {words.activity}
      </h2>
      {counts.length > 0 ? (
        <div className={classes.chart}>
          <Spark counts={counts} from={from} height={72} />
        </div>
      ) : null}
      <p className={classes.muted}>
        {monthInWords(counts.length > 0 ? counts : [0], from)}.{" "}
        {lastDay ? words.last(plainDate(lastDay)) : words.neverSeen} {catalogueTexts.days}
      </p>
      {suppressed > 0 ? <p>{suppressed === 1 ? words.suppressedOne : words.suppressed(count(suppressed))}</p> : null}
      {counts.length > 0 ? (
        <details className={classes.days}>
          <summary>{words.asTable}</summary>
          <table className={classes.compare}>
            <thead>
              <tr>
                <th scope="col">{words.day}</th>
                <th scope="col">{words.count}</th>
              </tr>
            </thead>
            <tbody>
              {counts.map((value, index) => (
                <tr key={dayAt(from, index)}>
                  <th scope="row">{plainDate(dayAt(from, index))}</th>
                  <td className="figures">{count(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      ) : null}
    </section>
  );
}
