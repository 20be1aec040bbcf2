import { type Zone, zoneName } from "../../format.ts";
import { texts } from "../../texts.ts";
import classes from "./event-list.module.css";

/** A zone without its continent: the column is as wide as a time. */
const place = (zone: string) => zone.slice(zone.lastIndexOf("/") + 1);

/** The names of the columns. */
export function EventHead({ zone, besideZone }: { zone: Zone; besideZone: Zone | null }) {
  const columns = texts.log.columns;
  const zones = [zone, ...(besideZone ? [besideZone] : [])].map(zoneName);
  return (
    <thead className={classes.head}>
      <tr className={classes.columns} aria-rowindex={1}>
        <th scope="col" className={classes.unseen}>
          {columns.severity}
        </th>
        <th scope="col" className={classes.zoned} title={[columns.time, ...zones].join(", ")}>
          {[columns.time, ...zones.map(place)].join(", ")}
        </th>
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
