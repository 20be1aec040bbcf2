import { sentenceOf } from "@countersign/audit/sentence";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { LogEntry } from "../api.ts";
import { Foreign } from "../components/foreign.tsx";
import { ago, clockTime, dayHeading, dayKey, type Zone } from "../format.ts";
import { texts } from "../texts.ts";
import { ChangedFields } from "./changed-fields.tsx";
import { Sentence } from "./sentence.tsx";
import { SeverityMark } from "./severity-mark.tsx";
import { StatusMark } from "./status-mark.tsx";
import classes from "./timeline.module.css";

type Props = {
  /** Newest first. */
  entries: readonly LogEntry[];
  zone: Zone;
};

/** Events of one thing on a vertical line, grouped by day, their changes inline. */
export function Timeline({ entries, zone }: Props) {
  return (
    <ol className={classes.timeline}>
      {entries.map((entry, index) => (
        <li key={entry.id}>
          {isNewDay(entry, entries[index - 1], zone) ? (
            <div className={classes.day}>{dayHeading(entry.receivedAt, zone)}</div>
          ) : null}
          <Moment entry={entry} zone={zone} />
        </li>
      ))}
    </ol>
  );
}

const isNewDay = (entry: LogEntry, before: LogEntry | undefined, zone: Zone) =>
  !before || dayKey(before.receivedAt, zone) !== dayKey(entry.receivedAt, zone);

function Moment({ entry, zone }: { entry: LogEntry; zone: Zone }) {
  const [isOpen, setOpen] = useState(false);
  const fields = Object.keys(entry.changes ?? {}).length;
  const { notes } = entry;
  const isTold = notes !== null && sentenceOf(entry).some(({ text }) => text.includes(notes));
  return (
    <div className={classes.moment} data-event={entry.id}>
      <SeverityMark severity={entry.severity} bare />
      <div className={classes.body}>
        <Sentence
          entry={entry}
          zone={zone}
          base={{}}
          many={
            <button type="button" className={classes.many} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {texts.log.fields(fields)}
            </button>
          }
        />
        {isOpen && entry.changes ? <ChangedFields changes={entry.changes} zone={zone} /> : null}
        {notes && !isTold ? (
          <div className={classes.note}>
            <Foreign text={`“${notes}”`} />
          </div>
        ) : null}
        <div className={classes.foot}>
          <Link to="/log" search={{ event: entry.id }} title={ago(entry.receivedAt, Date.now())}>
            <time dateTime={entry.receivedAt}>{clockTime(entry.receivedAt, zone)}</time>
          </Link>
          <StatusMark status={entry.status} />
        </div>
      </div>
    </div>
  );
}
