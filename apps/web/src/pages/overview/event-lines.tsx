import { Link } from "@tanstack/react-router";
import type { LogEntry } from "../../api.ts";
import { Sentence } from "../../events/sentence.tsx";
import { SeverityMark } from "../../events/severity-mark.tsx";
import { ago, dateTime, type Zone } from "../../format.ts";
import type { LogSearch } from "../log/log-search.ts";
import classes from "./overview.module.css";

type Props = { entries: readonly LogEntry[]; none: string; zone: Zone; search: LogSearch };

/** Events in words, each leading to itself in the log. */
export function EventLines({ entries, none, zone, search }: Props) {
  if (entries.length === 0) return <p className={classes.none}>{none}</p>;
  return (
    <ol className={classes.eventLines}>
      {entries.map((entry) => (
        <li key={entry.id}>
          <Link
            to="/log"
            search={{ ...search, ...(zone === "utc" && { zone }), event: entry.id }}
            preload={false}
            className={classes.eventLine}
          >
            <SeverityMark severity={entry.severity} bare />
            <span className={classes.eventWords}>
              <Sentence entry={entry} zone={zone} />
            </span>
            <time dateTime={entry.receivedAt} className={classes.eventTime}>
              {dateTime(entry.receivedAt, zone)}
              <span className={classes.eventAge}>{ago(entry.receivedAt, Date.now())}</span>
            </time>
          </Link>
        </li>
      ))}
    </ol>
  );
}
