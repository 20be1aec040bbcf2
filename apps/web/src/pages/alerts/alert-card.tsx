import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Alert, type AlertRule, failureOf, useTRPC } from "../../api.ts";
import { ActDialog } from "../../components/act-dialog.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import { SeverityMark } from "../../events/severity-mark.tsx";
import { dateTime } from "../../format.ts";
import { markedText } from "../../marks.ts";
import { usePreferences } from "../../preferences.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { logSearchOf } from "./alert-events.ts";
import classes from "./alerts.module.css";
import type { Show } from "./alerts-page.tsx";
import { alertsTexts } from "./alerts-texts.ts";
import { useReadAnew } from "./use-alerts.ts";

const words = alertsTexts.alert;

type Move = "acknowledged" | "closed";
type Props = { alert: Alert; rule: AlertRule | undefined; show: Show };

/** One alert: what happened, by which rule, how often, who took note, and what can be done. */
export function AlertCard({ alert, rule, show }: Props) {
  const { zone } = usePreferences();
  const [move, setMove] = useState<Move | null>(null);
  const { headline, severity, count, firstAt, lastAt, notes, state } = alert;
  const name = markedText(headline);
  return (
    <article className={classes.card} data-state={state} aria-label={name}>
      <header className={classes.cardHead}>
        <span className={classes.ofRule}>
          <SeverityMark severity={severity} />
          <Foreign text={alert.rule.name} />
        </span>
        <span className={classes.state}>{words.states[state]}</span>
      </header>
      <h2 className={classes.headline}>
        <Foreign text={headline} />
      </h2>
      <p className={classes.facts}>
        {count === 0 ? null : <span>{words.events(count)}</span>}
        <time dateTime={firstAt}>
          {firstAt === lastAt ? dateTime(firstAt, zone) : words.first(dateTime(firstAt, zone))}
        </time>
        {firstAt === lastAt ? null : <time dateTime={lastAt}>{words.last(dateTime(lastAt, zone))}</time>}
      </p>
      {notes.length > 0 ? (
        <ul className={classes.notes}>
          {notes.map((note) => (
            <li key={note.at}>
              <Foreign text={words.did[note.state](note.by.name, dateTime(note.at, zone))} />
              {note.text ? (
                <>
                  {": "}
                  <q>
                    <Foreign text={note.text} />
                  </q>
                </>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      <div className={classes.cardActs}>
        {state === "open" ? <MoveButton alert={alert} move="acknowledged" onClick={setMove} /> : null}
        {state === "closed" ? null : <MoveButton alert={alert} move="closed" onClick={setMove} />}
        {count === 0 ? null : (
          <Link to="/log" search={logSearchOf(alert, rule)}>
            {count === 1 ? words.inLog : words.manyInLog}
          </Link>
        )}
      </div>
      {move ? <MoveDialog alert={alert} move={move} onClose={() => setMove(null)} show={show} /> : null}
    </article>
  );
}

type MoveButtonProps = { alert: Alert; move: Move; onClick: (move: Move) => void };

/** Asks for a dialog that takes note of an alert or closes it. */
export function MoveButton({ alert, move, onClick }: MoveButtonProps) {
  const isLost = useLostAt() !== null;
  return (
    <ReasonedButton
      size="xs"
      variant="default"
      reason={isLost ? texts.failure.offlineReason : null}
      aria-label={words.moveOf[move](markedText(alert.headline))}
      onClick={() => onClick(move)}
    >
      {words.move[move]}
    </ReasonedButton>
  );
}

type MoveProps = { alert: Alert; move: Move; onClose: () => void; show: Show };

/** Takes note of an alert or closes it. */
export function MoveDialog({ alert, move, onClose, show }: MoveProps) {
  const trpc = useTRPC();
  const readAnew = useReadAnew();
  const act = useMutation(
    trpc.alerts[move === "closed" ? "close" : "acknowledge"].mutationOptions({
      onSuccess: (done) => {
        onClose();
        show(done, words.moved[move]);
      },
      onError: (error) => {
        if (failureOf(error).reason === "already_done") readAnew();
      },
    }),
  );
  return (
    <ActDialog
      title={words.noteTitle[move]}
      effect={`${alert.headline}. ${words.noteEffect[move]}`}
      verb={words.verb[move]}
      error={act.error}
      isWorking={act.isPending}
      onClose={onClose}
      onAct={(note) => act.mutate({ alertId: alert.id, version: alert.version, ...(note !== "" && { note }) })}
      onReadAgain={() => {
        readAnew();
        onClose();
      }}
    />
  );
}
