import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { count } from "../../format.ts";
import type { LogSearch } from "../log/log-search.ts";
import classes from "./overview.module.css";

export type BarItem = {
  key: string;
  name: ReactNode;
  /** Said after the name. */
  detail?: ReactNode;
  events: number;
  search: LogSearch;
};

/** What there is most of, each with its share of the greatest; a line opens the log with its events. */
export function BarList({ items, none }: { items: readonly BarItem[]; none: string }) {
  if (items.length === 0) return <p className={classes.none}>{none}</p>;
  const most = Math.max(...items.map(({ events }) => events));
  return (
    <ol className={classes.barList}>
      {items.map(({ key, name, detail, events, search }) => (
        <li key={key}>
          <Link to="/log" search={search} preload={false} className={classes.barLine}>
            <span className={classes.barName}>{name}</span>
            {detail ? <span className={classes.barDetail}>{detail}</span> : null}
            <span className={classes.barCount}>{count(events)}</span>
            <svg className={classes.barShare} viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden>
              <rect width="100" height="1" className={classes.barTrack} />
              <rect width={Math.max((events / most) * 100, 1)} height="1" className={classes.barFill} />
            </svg>
          </Link>
        </li>
      ))}
    </ol>
  );
}
