import { CloseButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { BadgeCheck, CircleX, Clock } from "lucide-react";
import { failureOf } from "../api.ts";
import { texts } from "../texts.ts";
import { Foreign } from "./foreign.tsx";
import { AskedText } from "./receipt-note.tsx";
import type { Saved } from "./save-each.ts";
import classes from "./saved-note.module.css";

type Props<T> = {
  saved: readonly Saved<T>[];
  /** How many of them were kept, in words. */
  summary: string;
  /** What was not tried, in words. */
  untried: string;
  sentence: (change: T) => string;
  onDismiss: () => void;
};

/** What became of each of several changes: its event, or why it was refused. It stays until it is dismissed. */
export function SavedNote<T>({ saved, summary, untried, sentence, onDismiss }: Props<T>) {
  const isWhole = saved.every(({ kind }) => kind === "kept");
  return (
    <section className={classes.note} role="status" data-whole={isWhole || undefined}>
      <div className={classes.head}>
        <strong>{summary}</strong>
        <CloseButton aria-label={texts.receipt.dismiss} onClick={onDismiss} />
      </div>
      <ul className={classes.list}>
        {saved.map((one) => (
          <li key={sentence(one.change)} data-kind={one.kind}>
            <Mark kind={one.kind} />
            <span>
              <Foreign text={sentence(one.change)} /> <Result saved={one} untried={untried} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const marks = { kept: BadgeCheck, refused: CircleX, untried: Clock };

function Mark({ kind }: { kind: Saved<unknown>["kind"] }) {
  const Icon = marks[kind];
  return <Icon size={16} aria-hidden />;
}

function Result<T>({ saved, untried }: { saved: Saved<T>; untried: string }) {
  if (saved.kind === "untried") return untried;
  if (saved.kind === "refused") return <Foreign text={failureOf(saved.error).message} />;
  const { receipt, outcome, request } = saved.done;
  if (request) return <AskedText request={request} />;
  if (receipt === null) return outcome === "no_change" ? texts.receipt.noChange : texts.receipt.suppressed;
  return (
    <>
      {texts.receipt.kept}{" "}
      <Link to="/log" search={{ event: receipt.id }}>
        {texts.receipt.event(`${receipt.id.slice(0, 13)}…`)}
      </Link>
    </>
  );
}
