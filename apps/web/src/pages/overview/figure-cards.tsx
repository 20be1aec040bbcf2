import { VisuallyHidden } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ArrowUp } from "lucide-react";
import { AfterDelay } from "../../components/after-delay.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import type { PartQuery } from "../../components/query-body.tsx";
import states from "../../components/states.module.css";
import { count, weekday } from "../../format.ts";
import { texts } from "../../texts.ts";
import type { LogSearch } from "../log/log-search.ts";
import { type Days, type Figure, type FigureName, figureOf, searchOfDay } from "./day-figures.ts";
import classes from "./overview.module.css";
import { overviewTexts } from "./overview-texts.ts";

const words = overviewTexts.figures;

/** What the log is asked for to show the events behind a figure. */
const behind = {
  events: {},
  notSuccess: { status: ["failed", "denied", "pending"] },
  signInFailures: { code: ["user_login"], status: ["failed", "denied"] },
  criticals: { severity: ["critical"] },
} as const satisfies Record<FigureName, LogSearch | object>;

const names = Object.keys(behind) as FigureName[];

/** The four figures of today; each opens the log with its events. */
export function FigureCards({ query }: { query: PartQuery<Days> }) {
  const days = query.data;
  const failure = query.isError ? (
    <FailureNote
      error={query.error}
      holds={days === undefined ? texts.failure.holds : texts.failure.asRead}
      onRetry={() => void query.refetch()}
    />
  ) : null;
  if (failure && days === undefined) return failure;
  return (
    <>
      {failure}
      <ul className={classes.figures} aria-label={words.label} aria-busy={days === undefined}>
        {names.map((name) => (
          <li key={name}>{days ? <FigureCard name={name} days={days} /> : <FigureToCome name={name} />}</li>
        ))}
      </ul>
    </>
  );
}

function FigureCard({ name, days }: { name: FigureName; days: Days }) {
  const figure = figureOf(name, days);
  const isAbove = figure.usual !== null && figure.today > figure.usual.most;
  return (
    <Link
      to="/log"
      search={{ ...structuredClone(behind[name]), ...searchOfDay(days.to) } as LogSearch}
      className={classes.figure}
    >
      <span className={classes.figureName}>{words[name]}</span>
      <span className={classes.figureLine}>
        <span className={classes.figureValue}>{count(figure.today)}</span>
        <span className={classes.figureToday}>{overviewTexts.today}</span>
      </span>
      <span className={classes.figureNorm}>
        {isAbove ? (
          <span className={classes.above}>
            <ArrowUp size={13} aria-hidden />
            {words.above}
          </span>
        ) : null}
        {normWords(figure, days.to)}
      </span>
      <VisuallyHidden>{words.open}</VisuallyHidden>
    </Link>
  );
}

const normWords = ({ usual }: Figure, today: string): string => {
  const day = weekday(today);
  if (usual === null) return words.never(day);
  if (usual.most === 0) return words.none(usual.weeks, day);
  return words.usual(usual.weeks, day, count(usual.least), count(usual.most));
};

function FigureToCome({ name }: { name: FigureName }) {
  return (
    <div className={classes.figure}>
      <span className={classes.figureName}>{words[name]}</span>
      <span className={classes.figureLine}>
        <AfterDelay ms={150}>
          <span className={`${states.skeleton} ${classes.figureSkeleton}`} />
        </AfterDelay>
      </span>
      <span className={classes.figureNorm}>{"\u00a0"}</span>
    </div>
  );
}
