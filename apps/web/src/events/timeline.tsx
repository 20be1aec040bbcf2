import { begins } from "@countersign/audit/object-life";
import { sentenceOf } from "@countersign/audit/sentence";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { LogEntry } from "../api.ts";
import { Foreign } from "../components/foreign.tsx";
import { useIsPrinting } from "../components/printing.ts";
import { ago, clockTime, dayHeading, dayKey, type Zone } from "../format.ts";
import type { LogSearch } from "../pages/log/log-search.ts";
import { texts } from "../texts.ts";
import { ChangedFields } from "./changed-fields.tsx";
import { Sentence, tellsChanges } from "./sentence.tsx";
import { SeverityMark } from "./severity-mark.tsx";
import { StatusMark } from "./status-mark.tsx";
import classes from "./timeline.module.css";

type Props = {
  /** Newest first. */
  entries: readonly LogEntry[];
  zone: Zone;
  /** The filters of the log that a click on a name keeps. */
  base?: LogSearch | undefined;
  /** The event whose surroundings these are. */
  current?: string | undefined;
  /** Opens an event where it is read; without it the time leads to the log. */
  onOpen?: ((entry: LogEntry) => void) | undefined;
  /** What stands behind the time of an event. */
  more?: (entry: LogEntry) => ReactNode;
  /** A line across, before the first event that is not newer than its time (milliseconds since 1970). */
  line?: { at: number; text: string } | undefined;
};

/** Events of one thing on a vertical line, grouped by day, their changes inline. */
export function Timeline({ entries, zone, base, current, onOpen, more, line }: Props) {
  const lineAt = line === undefined ? -1 : entries.findIndex((entry) => Date.parse(entry.receivedAt) <= line.at);
  return (
    <ol className={classes.timeline}>
      {entries.map((entry, index) => (
        <li key={entry.id} aria-current={entry.id === current || undefined}>
          {isNewDay(entry, entries[index - 1], zone) ? (
            <div className={classes.day}>{dayHeading(entry.receivedAt, zone)}</div>
          ) : null}
          {index === lineAt ? <p className={classes.line}>{line?.text}</p> : null}
          <Moment entry={entry} zone={zone} base={base} isCurrent={entry.id === current} onOpen={onOpen}>
            {more?.(entry)}
          </Moment>
        </li>
      ))}
    </ol>
  );
}

const isNewDay = (entry: LogEntry, before: LogEntry | undefined, zone: Zone) =>
  !before || dayKey(before.receivedAt, zone) !== dayKey(entry.receivedAt, zone);

type MomentProps = {
  entry: LogEntry;
  zone: Zone;
  base: LogSearch | undefined;
  isCurrent: boolean;
  onOpen: ((entry: LogEntry) => void) | undefined;
  children: ReactNode;
};

function Moment({ entry, zone, base = {}, isCurrent, onOpen, children }: MomentProps) {
  const [isUnfolded, setOpen] = useState(false);
  const isPrinting = useIsPrinting();
  const fields = Object.keys(entry.changes ?? {}).length;
  const isMore = fields > 0 && !tellsChanges(entry);
  const isOpen = isMore && (isUnfolded || isPrinting);
  const { notes } = entry;
  const isTold = notes !== null && sentenceOf(entry).some(({ text }) => text.includes(notes));
  return (
    <div className={classes.moment} data-current={isCurrent || undefined} data-event={entry.id}>
      <SeverityMark severity={entry.severity} bare />
      <div className={classes.body}>
        <Sentence entry={entry} zone={zone} base={base} names="history" many="" />
        {isMore ? (
          <>
            {" "}
            <button type="button" className={classes.many} aria-expanded={isOpen} onClick={() => setOpen(!isUnfolded)}>
              {texts.log.fields(fields)}
            </button>
          </>
        ) : null}
        {isOpen && entry.changes ? (
          <ChangedFields changes={entry.changes} zone={zone} isFirst={begins(entry.code)} />
        ) : null}
        {notes && !isTold ? (
          <div className={classes.note}>
            <Foreign text={`“${notes}”`} />
          </div>
        ) : null}
        <div className={classes.foot}>
          <When entry={entry} zone={zone} isCurrent={isCurrent} onOpen={onOpen} />
          <StatusMark status={entry.status} />
          {children}
        </div>
      </div>
    </div>
  );
}

/** The time of an event, which leads to it. */
function When({ entry, zone, isCurrent, onOpen }: Omit<MomentProps, "children" | "base">) {
  const time = <time dateTime={entry.receivedAt}>{clockTime(entry.receivedAt, zone)}</time>;
  if (isCurrent) return <strong>{time}</strong>;
  const title = ago(entry.receivedAt, Date.now());
  if (onOpen === undefined) {
    return (
      <Link to="/log" search={{ event: entry.id }} title={title}>
        {time}
      </Link>
    );
  }
  return (
    <button type="button" title={title} onClick={() => onOpen(entry)}>
      {time}
    </button>
  );
}
