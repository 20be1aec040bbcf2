import { eventTypes } from "@countersign/audit/catalogue";
import { Link } from "@tanstack/react-router";
import type { HistoryHead as Head, LogEntry } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { ago, dateTime } from "../../format.ts";
import { usePreferences } from "../../preferences.ts";
import { texts } from "../../texts.ts";
import classes from "./history.module.css";
import type { HistorySearch } from "./history-search.ts";
import { historyTexts as words } from "./history-texts.ts";

/** Who did something, by the name of the time. */
export const actorName = ({ actor }: LogEntry): string => {
  const kind = Object.hasOwn(texts.actorType, actor.type)
    ? texts.actorType[actor.type as keyof typeof texts.actorType]
    : actor.type;
  return actor.label ?? (actor.id === null ? kind : `${kind} ${actor.id}`);
};

/** Whether the object is there, since when, and how it ended. */
export function HistoryHead({ head }: { head: Head }) {
  const { zone } = usePreferences();
  const { began, first, last, ended, register } = head;
  const existing = words.existing;
  const isGone = register !== "there" && ended !== null;
  return (
    <div className={classes.head}>
      {isGone ? (
        <p className={classes.end}>
          <Told entry={ended} text={existing.ended(dateTime(ended.receivedAt, zone), actorName(ended))} />
          {ended.notes ? (
            <>
              {" "}
              <Foreign text={existing.reason(ended.notes)} />
            </>
          ) : null}{" "}
          {existing.kept}
        </p>
      ) : null}
      {register === "missing" && ended === null ? <p className={classes.end}>{existing.missing}</p> : null}
      <p className={classes.life}>
        {began ? (
          <Told entry={began} text={existing.began(dateTime(began.receivedAt, zone), actorName(began))} />
        ) : first ? (
          <Told entry={first} text={existing.beforeLog(dateTime(first.receivedAt, zone))} />
        ) : null}{" "}
        {last && !isGone ? (
          <Link to="/log" search={{ event: last.id }} title={dateTime(last.receivedAt, zone)}>
            {existing.newest(ago(last.receivedAt, Date.now()))}
          </Link>
        ) : null}
      </p>
    </div>
  );
}

/** A sentence that leads to the event which tells it. */
function Told({ entry, text }: { entry: LogEntry; text: string }) {
  return (
    <Link to="/log" search={{ event: entry.id }} className={classes.told}>
      <Foreign text={text} />
    </Link>
  );
}

/** What of the history stands on the page, for the paper. */
export const shownWords = ({ show, q, related }: HistorySearch, type: string): string => {
  const kind =
    show === undefined ? words.filters.all : show === "changes" ? words.filters.changes : eventTypes[show].name;
  const woven = words.filters.related[type] ?? words.filters.relatedOther;
  return [kind, ...(q === undefined ? [] : [`“${q}”`]), ...(related === "no" ? [] : [woven])].join("; ");
};
