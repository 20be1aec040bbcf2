import { texts } from "../../texts.ts";
import classes from "./event-list.module.css";

/** The names of the columns. */
export function EventHead() {
  const columns = texts.log.columns;
  return (
    <thead className={classes.head}>
      <tr className={classes.columns} aria-rowindex={1}>
        <th scope="col" className={classes.unseen}>
          {columns.severity}
        </th>
        <th scope="col">{columns.time}</th>
        <th scope="col">{columns.sentence}</th>
        <th scope="col" className={classes.status}>
          {texts.log.status}
        </th>
        <th scope="col" className={classes.object}>
          {columns.object}
        </th>
        <th scope="col" className={classes.from}>
          {columns.from}
        </th>
      </tr>
    </thead>
  );
}
