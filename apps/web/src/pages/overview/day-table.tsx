import { severities } from "@countersign/audit/catalogue";
import { Link } from "@tanstack/react-router";
import figures from "../../components/figures-table.module.css";
import { count, plainDate, weekday } from "../../format.ts";
import { texts } from "../../texts.ts";
import classes from "./day-chart.module.css";
import { type CalendarDay, searchOfDay } from "./day-figures.ts";
import { overviewTexts } from "./overview-texts.ts";

const words = overviewTexts.chart;
const shown = [...severities].reverse();

/** The chart's figures, newest day first. */
export function DayTable({ days }: { days: readonly CalendarDay[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className={classes.tableFrame} tabIndex={0} aria-label={words.caption}>
      <table className={`${figures.table} ${figures.counts} ${classes.table}`}>
        <caption>{words.caption}</caption>
        <thead>
          <tr>
            <th scope="col">{words.day}</th>
            <th scope="col">{words.all}</th>
            {shown.map((severity) => (
              <th key={severity} scope="col">
                {texts.severity[severity]}
              </th>
            ))}
            <th scope="col">{words.notSuccess}</th>
          </tr>
        </thead>
        <tbody>
          {[...days].reverse().map((day) => (
            <tr key={day.day}>
              <th scope="row">
                <Link to="/log" search={searchOfDay(day.day)} preload={false}>
                  {weekday(day.day).slice(0, 3)}, {plainDate(day.day)}
                </Link>
              </th>
              <td>{count(day.total)}</td>
              {shown.map((severity) => (
                <td key={severity}>{count(day.by[severity] ?? 0)}</td>
              ))}
              <td>{count(day.notSuccess)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
