import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { Foreign } from "../../components/foreign.tsx";
import { count, dateTime } from "../../format.ts";
import { useMe } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import classes from "./integrity.module.css";
import { integrityTexts } from "./integrity-texts.ts";
import { type Found, type Run, runState } from "./verification-runs.ts";

const words = integrityTexts.runs;
const findingsShown = 10;

/** The last verifications, the newest first: when, of what, by whom, and what they found. */
export function RunsPanel({ runs }: { runs: readonly Run[] }) {
  const { zone } = usePreferences();
  return (
    <section className={classes.panel} aria-labelledby="runs">
      <h2 id="runs" className={classes.section}>
        {words.title}
      </h2>
      {runs.length === 0 ? <p className={classes.muted}>{words.empty}</p> : null}
      <ul className={classes.list}>
        {runs.map((run) => (
          <li key={run.id} className={classes.run}>
            <div className={classes.row}>
              <span className="figures">
                <time dateTime={run.startedAt}>{dateTime(run.startedAt, zone)}</time>
              </span>
              <span className={classes.muted}>
                <StartedBy run={run} />
              </span>
            </div>
            <Result run={run} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function StartedBy({ run: { startedBy, startedByName } }: { run: Run }) {
  const me = useMe();
  const user = startedBy.startsWith("user:") ? startedBy.slice(5) : null;
  if (user !== null && user === String(me?.id)) return words.byYou;
  if (user !== null) return <Foreign text={words.byUser(startedByName ?? `#${user}`)} />;
  return <Foreign text={words.by[startedBy] ?? startedBy} />;
}

function Result({ run }: { run: Run }) {
  const state = runState(run);
  if (state.kind === "running") return <Progress done={state.done} total={state.total} />;
  if (!("isSelfConsistent" in state)) return <p className={classes.runText}>{words[state.kind]}</p>;
  const looked = run.total - run.fromIndex;
  const range = looked > 0 ? words.rangeOf(count(run.fromIndex), count(run.total - 1)) : null;
  const head =
    state.kind === "found"
      ? words.found(count(state.found))
      : looked <= 0
        ? words.nothing
        : looked === 1
          ? words.intactOne
          : words.intact(count(looked));
  return (
    <>
      <p className={classes.runText}>
        <strong className={state.kind === "found" ? classes.bad : undefined}>{head}</strong>{" "}
        {range ? <span className={classes.muted}>{range}</span> : null}
      </p>
      {state.kind === "found" ? <Findings findings={state.findings} found={state.found} /> : null}
      {state.isSelfConsistent ? <p className={classes.muted}>{words.selfConsistent}</p> : null}
    </>
  );
}

function Progress({ done, total }: { done: number; total: number }) {
  const id = useId();
  return (
    <div className={classes.progress}>
      <progress max={total} value={Math.min(done, total)} aria-label={words.progress} aria-describedby={id} />
      <span id={id} className="figures">
        {words.running(count(done), count(total))}
      </span>
    </div>
  );
}

function Findings({ findings, found }: { findings: readonly Found[]; found: number }) {
  const shown = findings.slice(0, findingsShown);
  return (
    <ul className={classes.findings}>
      {shown.map(({ sentence, index, part, id }) => (
        <li key={`${index} ${id} ${part} ${sentence}`}>
          {sentence}{" "}
          <span className={classes.muted}>
            {index === null ? null : words.place(count(index), part === null ? "" : words.part(part))}
            {id === null ? null : (
              <>
                {" "}
                <Link to="/log" search={{ event: id }}>
                  {words.showEvent}
                </Link>
              </>
            )}
          </span>
        </li>
      ))}
      {found > shown.length ? <li className={classes.muted}>{words.more(count(found - shown.length))}</li> : null}
    </ul>
  );
}
