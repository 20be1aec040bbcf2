import { type Severity, severities } from "@countersign/audit/catalogue";
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type KeyboardEvent, useRef, useState } from "react";
import type { PartQuery } from "../../components/query-body.tsx";
import fills from "../../events/severity-fills.module.css";
import { SeverityMark } from "../../events/severity-mark.tsx";
import { count, plainDate, weekday } from "../../format.ts";
import { texts } from "../../texts.ts";
import { Card } from "./card.tsx";
import classes from "./day-chart.module.css";
import { type CalendarDay, calendarOf, type Days, searchOfDay } from "./day-figures.ts";
import { DayTable } from "./day-table.tsx";
import { overviewTexts } from "./overview-texts.ts";

const words = overviewTexts.chart;

type Props = { query: PartQuery<Days>; queryKey: readonly unknown[] };

/** Events by day, stacked by severity; the same as a table. */
export function DayChart({ query, queryKey }: Props) {
  const [isTable, setTable] = useState(false);
  return (
    <Card
      title={words.title}
      hint={`${words.hint} ${overviewTexts.days}`}
      query={query}
      queryKey={queryKey}
      rows={8}
      actions={
        <Button variant="default" size="xs" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          {isTable ? words.chart : words.table}
        </Button>
      }
    >
      {(data) => {
        const days = calendarOf(data);
        return isTable ? <DayTable days={days} /> : <Bars days={days} />;
      }}
    </Card>
  );
}

const dayName = (day: string) => `${weekday(day)}, ${plainDate(day)}`;

const readOut = (day: CalendarDay): string =>
  words.read(
    dayName(day.day),
    words.events(day.total, count(day.total)),
    [...severities]
      .reverse()
      .filter((severity) => day.by[severity])
      .map((severity) => words.part(count(day.by[severity] ?? 0), texts.severity[severity])),
  );

const moves: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  ArrowUp: (at) => at - 7,
  ArrowDown: (at) => at + 7,
  Home: () => 0,
  End: (_, last) => last,
};

function Bars({ days }: { days: readonly CalendarDay[] }) {
  const last = days.length - 1;
  const [stop, setStop] = useState(last);
  const [pointed, setPointed] = useState<number | null>(null);
  const bars = useRef<HTMLOListElement>(null);
  const most = Math.max(...days.map(({ total }) => total));
  if (most === 0) return <p className={classes.none}>{words.none}</p>;
  const read = days[pointed ?? stop];
  const onKeyDown = (event: KeyboardEvent) => {
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const next = Math.min(Math.max(move(stop, last), 0), last);
    setStop(next);
    bars.current?.querySelectorAll("a")[next]?.focus();
  };
  return (
    <div className={classes.chart}>
      <p className={classes.read}>
        {read ? readOut(read) : null}
        <span className={classes.scale}>
          {words.scale} {count(most)}
        </span>
      </p>
      <ol ref={bars} className={classes.bars} onKeyDown={onKeyDown} onPointerLeave={() => setPointed(null)}>
        {days.map((day, index) => (
          <li key={day.day}>
            <Link
              to="/log"
              search={searchOfDay(day.day)}
              preload={false}
              className={classes.bar}
              aria-label={readOut(day)}
              tabIndex={index === stop ? 0 : -1}
              onFocus={() => setStop(index)}
              onPointerEnter={() => setPointed(index)}
            >
              <Stack day={day} most={most} />
            </Link>
            {weekday(day.day) === "Monday" ? (
              <span
                className={classes.tick}
                data-minor={Math.floor((last - index) / 7) % 2 === 1 || undefined}
                aria-hidden
              >
                {plainDate(day.day).replace(/ \d{4}$/, "")}
              </span>
            ) : null}
          </li>
        ))}
      </ol>
      <ul className={classes.legend}>
        {[...severities].reverse().map((severity) => (
          <li key={severity}>
            <SeverityMark severity={severity} />
          </li>
        ))}
      </ul>
    </div>
  );
}

const height = 100;

/** One day: the gravest lies lowest, and whatever happened at all can be seen. */
function Stack({ day, most }: { day: CalendarDay; most: number }) {
  let top = height;
  const parts: { severity: Severity; y: number; size: number }[] = [];
  for (const severity of [...severities].reverse()) {
    const value = day.by[severity] ?? 0;
    if (value === 0) continue;
    const size = Math.max((value / most) * (height - 10), 1.5);
    top -= size;
    parts.push({ severity, y: top, size });
  }
  return (
    <svg viewBox={`0 0 10 ${height}`} preserveAspectRatio="none" aria-hidden>
      {parts.map(({ severity, y, size }) => (
        <rect key={severity} className={fills[severity]} x="0" width="10" y={y} height={size} />
      ))}
    </svg>
  );
}
