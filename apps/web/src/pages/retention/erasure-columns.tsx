import { basisSentence } from "@countersign/audit/erasure-bases";
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { inferOutput } from "@trpc/tanstack-react-query";
import type { Api } from "../../api.ts";
import table from "../../components/data-table.module.css";
import type { DataColumn } from "../../components/data-table.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { count, dateTime, type Zone } from "../../format.ts";
import classes from "./erasure.module.css";
import { erasureTexts } from "./erasure-texts.ts";

export type Erasure = inferOutput<Api["erasures"]["list"]>["items"][number];
export type CertificateForm = "data" | "text";

const words = erasureTexts.erasures;
const heads = words.columns;

const subjectOf = ({ about }: Erasure): string => (about === null ? words.chosen : words.user(about));

/** Why there is an erasure beside the one that was asked for. */
const partOf = ({ follows, requestedBy }: Erasure): string | null =>
  follows === null ? null : requestedBy === "restore" ? words.afterRestore : words.inArchive;

type Deps = { zone: Zone; onSave: (erasure: Erasure, form: CertificateForm) => void };

/** What the list tells of an erasure. */
export const erasureColumns = ({ zone, onSave }: Deps): readonly DataColumn<Erasure>[] => [
  {
    id: "of",
    head: heads.of,
    cell: (erasure) => {
      const part = partOf(erasure);
      return (
        <>
          {erasure.eventId === null ? (
            subjectOf(erasure)
          ) : (
            <Link to="/log" search={{ event: erasure.eventId }}>
              {subjectOf(erasure)}
            </Link>
          )}
          {part === null ? null : <div className={classes.sub}>{part}</div>}
        </>
      );
    },
  },
  { id: "basis", head: heads.basis, look: "wide", cell: ({ basis }) => <Foreign text={basisSentence(basis)} /> },
  { id: "count", head: heads.count, look: "figures", cell: (erasure) => count(erasure.count) },
  { id: "state", head: heads.state, onCard: "bare", cell: (erasure) => <State erasure={erasure} /> },
  {
    id: "asked",
    head: heads.asked,
    look: "figures",
    cell: ({ requestedAt, requestedBy, requestedByName }) => (
      <>
        <time dateTime={requestedAt}>{dateTime(requestedAt, zone)}</time>
        <div className={classes.sub}>
          <Foreign
            text={
              requestedBy.startsWith("user:")
                ? words.by(requestedByName ?? words.user(requestedBy.slice(5)))
                : words.byWorker
            }
          />
        </div>
      </>
    ),
  },
  {
    id: "certificate",
    head: heads.certificate,
    onCard: "last",
    cell: (erasure) =>
      erasure.state !== "done" ? (
        <span className={table.muted}>{words.notYet}</span>
      ) : (
        <div className={classes.acts}>
          <Button
            variant="default"
            size="xs"
            aria-label={words.textOf(subjectOf(erasure))}
            onClick={() => onSave(erasure, "text")}
          >
            {words.text}
          </Button>
          <Button
            variant="default"
            size="xs"
            aria-label={words.dataOf(subjectOf(erasure))}
            onClick={() => onSave(erasure, "data")}
          >
            {words.data}
          </Button>
        </div>
      ),
  },
];

function State({ erasure }: { erasure: Erasure }) {
  const { state, ended, heldBy, gone, archives, accountRemoved, problem } = erasure;
  if (state === "recorded") return <Lines head={words.states.recorded} hints={[words.states.recordedHint]} />;
  if (state === "held") return <Lines head={words.states.held(heldBy ?? "")} hints={[words.states.heldHint]} isBad />;
  if (state === "erasing") {
    return (
      <span className={classes.state}>
        {problem === null ? null : <Lines head={problem} hints={[words.states.problemHint]} isBad />}
        {words.states.erasing(count(ended), count(erasure.count))}
        <progress max={Math.max(erasure.count, 1)} value={ended} aria-label={words.progress} />
      </span>
    );
  }
  const hints = [
    accountRemoved ? words.states.withAccount : null,
    archives > 0 ? words.states.archives(count(archives)) : null,
    gone > 0 && archives === 0 ? words.states.gone(count(gone)) : null,
  ].filter((hint) => hint !== null);
  return <Lines head={words.states.done} hints={hints} />;
}

function Lines({ head, hints, isBad = false }: { head: string; hints: readonly string[]; isBad?: boolean }) {
  return (
    <span className={classes.state}>
      <span className={isBad ? classes.bad : undefined}>
        <Foreign text={head} />
      </span>
      {hints.length > 0 ? <span className={classes.sub}> {hints.join(", ")}</span> : null}
    </span>
  );
}
