import { type SentencePart, sentenceOf } from "@countersign/audit/sentence";
import { Link } from "@tanstack/react-router";
import { Fragment, type ReactNode } from "react";
import type { LogEntry } from "../api.ts";
import { Foreign } from "../components/foreign.tsx";
import type { Zone } from "../format.ts";
import type { LogSearch } from "../pages/log/log-search.ts";
import { only } from "../pages/log/query-edit.ts";
import { fieldName, texts } from "../texts.ts";
import classes from "./sentence.module.css";
import { Value } from "./value.tsx";
import { isHidden } from "./values.ts";

type Props = {
  entry: LogEntry;
  zone: Zone;
  /** What stands for the changes when several fields differ. */
  many?: ReactNode;
  /** The filters that a click on a name keeps; absent, names do not link. */
  base?: LogSearch | undefined;
  /** Where the name of an object leads: to its events in the log, or to its history. */
  names?: "filter" | "history" | undefined;
  tabIndex?: number | undefined;
};

/** What happened, as the catalogue words it, with names that lead on. */
export function Sentence({ entry, zone, many, base, names, tabIndex }: Props) {
  return (
    <span className={classes.sentence}>
      {sentenceOf(entry).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a sentence have no identity but their place
        <Fragment key={index}>
          <Part part={part} entry={entry} zone={zone} many={many} base={base} names={names} tabIndex={tabIndex} />
        </Fragment>
      ))}
    </span>
  );
}

function Part({ part, entry, zone, many, base, names, tabIndex }: Props & { part: SentencePart }) {
  if ("type" in part) return <Name part={part} base={base} names={names} tabIndex={tabIndex} />;
  if (part.kind === "text") return part.text;
  if (part.kind === "change") return <InlineChange entry={entry} zone={zone} text={part.text} many={many} />;
  return <Foreign text={part.text} />;
}

type NamePart = Extract<SentencePart, { type: string }>;

type NameProps = Pick<Props, "base" | "names" | "tabIndex"> & { part: NamePart };

function Name({ part, base, names, tabIndex }: NameProps) {
  const name = <Foreign text={part.text} />;
  if (base === undefined) return <strong className={classes.name}>{name}</strong>;
  const reference = part.id === undefined ? part.type : `${part.type}:${part.id}`;
  if (part.kind === "actor") {
    return (
      <Link
        to="/log"
        search={only(base, "actor", reference)}
        data-field="actor"
        data-value={reference}
        className={classes.name}
        title={texts.log.onlyActor(part.text)}
        tabIndex={tabIndex}
      >
        {name}
      </Link>
    );
  }
  if (names === "history" && part.id !== undefined) {
    return (
      <Link
        to="/history/$type/$id"
        params={{ type: part.type, id: part.id }}
        className={classes.name}
        title={texts.log.historyOf(part.text)}
        tabIndex={tabIndex}
      >
        {name}
      </Link>
    );
  }
  if (part.type === "permit" && part.id !== undefined) {
    return (
      <Link
        to="/permits/$id"
        params={{ id: part.id }}
        data-field={part.kind}
        data-value={reference}
        className={classes.name}
        title={texts.log.openPermit(part.text)}
        tabIndex={tabIndex}
      >
        {name}
      </Link>
    );
  }
  return (
    <Link
      to="/log"
      search={only(base, part.kind, reference)}
      data-field={part.kind}
      data-value={reference}
      className={classes.name}
      title={(part.kind === "target" ? texts.log.onlyTarget : texts.log.onlyObject)(part.text)}
      tabIndex={tabIndex}
    >
      {name}
    </Link>
  );
}

/** Who assigned and when stands in the event itself; the line tells only to whom. */
const tellingFields = (changes: NonNullable<LogEntry["changes"]>) =>
  Object.entries(changes).filter(
    ([name]) => !("assigned_to" in changes) || (name !== "assigned_at" && name !== "assigned_by"),
  );

/** Whether the sentence itself says all that changed, so that nothing is left to unfold. */
export const tellsChanges = (entry: LogEntry): boolean =>
  tellingFields(entry.changes ?? {}).length === 0 ||
  (tellingFields(entry.changes ?? {}).length === 1 && sentenceOf(entry).some(({ kind }) => kind === "change"));

/** One changed field in the line, the old value struck through; of several, their number. */
function InlineChange({ entry, zone, text, many }: { entry: LogEntry; zone: Zone; text: string; many: ReactNode }) {
  const fields = tellingFields(entry.changes ?? {});
  const [field] = fields;
  if (field === undefined) return text;
  if (fields.length > 1) return many ?? text;
  const [name, change] = field;
  if (isHidden(change.old) || isHidden(change.new))
    return `${fieldName(name).toLowerCase()} ${texts.values.hiddenChange}`;
  return (
    <>
      {fieldName(name).toLowerCase()}{" "}
      <del className={classes.old}>
        <Value value={change.old} zone={zone} />
      </del>{" "}
      <span aria-hidden>→</span> <span className={classes.to}>{texts.values.to} </span>
      <ins className={classes.new}>
        <Value value={change.new} zone={zone} />
      </ins>
    </>
  );
}
