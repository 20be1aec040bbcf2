import { sentenceText } from "@countersign/audit/sentence";
import { UnstyledButton } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { type MouseEvent, memo } from "react";
import type { LogEntry } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { ChangedFields } from "../../events/changed-fields.tsx";
import { Sentence } from "../../events/sentence.tsx";
import { SeverityMark } from "../../events/severity-mark.tsx";
import { StatusMark } from "../../events/status-mark.tsx";
import { ago, clockTime, dateTime, type Zone } from "../../format.ts";
import { markedText } from "../../marks.ts";
import { texts } from "../../texts.ts";
import classes from "./event-list.module.css";
import { listTexts } from "./list-texts.ts";
import type { LogSearch } from "./log-search.ts";
import { RowValues, valueSpot } from "./row-menu.tsx";

type Props = {
  entry: LogEntry;
  zone: Zone;
  base: LogSearch;
  rowIndex: number;
  isOpen: boolean;
  isUnfolded: boolean;
  /** Whether this row is the list's one tab stop. */
  isStop: boolean;
  onOpen: (id: string) => void;
  onUnfold: (id: string) => void;
  onFocus: (id: string) => void;
  /** Where the list puts the row, and how it learns the row's height. */
  index: number;
  offset: number;
  measure: (row: HTMLElement | null) => void;
};

/** One event in the list; named by its sentence. */
export const EventRow = memo(function EventRow(props: Props) {
  const { entry, zone, base, rowIndex, isOpen, isUnfolded, isStop, onOpen, onUnfold, onFocus } = props;
  const { index, offset, measure } = props;
  const tabIndex = isStop ? 0 : -1;
  const fields = Object.keys(entry.changes ?? {}).length;
  const open = (event: MouseEvent) => {
    const isControl = event.target instanceof Element && event.target.closest("a, button") !== null;
    if (!isControl && !document.getSelection()?.toString()) onOpen(entry.id);
  };
  const object = entry.object
    ? (entry.object.label ?? `${entry.object.type} ${entry.object.id}`)
    : entry.objectDescription;
  const name = `${markedText(sentenceText(entry))}, ${dateTime(entry.receivedAt, zone)}, ${entry.severity}`;
  const many = (
    <UnstyledButton
      className={classes.many}
      aria-expanded={isUnfolded}
      tabIndex={tabIndex}
      onClick={() => onUnfold(entry.id)}
    >
      {texts.log.fields(fields)}
      <ChevronDown size={12} aria-hidden />
    </UnstyledButton>
  );
  return (
    <tr
      ref={measure}
      data-index={index}
      style={{ transform: `translateY(${offset}px)` }}
      aria-rowindex={rowIndex}
      aria-selected={isOpen}
      aria-label={name}
      tabIndex={tabIndex}
      data-event={entry.id}
      data-open={isOpen || undefined}
      className={classes.row}
      onClick={open}
      onFocus={() => onFocus(entry.id)}
    >
      <td className={classes.severity} {...valueSpot("severity", entry.severity)}>
        <SeverityMark severity={entry.severity} bare />
      </td>
      <td className={classes.time}>
        <time dateTime={entry.receivedAt} title={ago(entry.receivedAt, Date.now())}>
          {clockTime(entry.receivedAt, zone)}
        </time>
      </td>
      <td className={classes.what}>
        <Sentence entry={entry} zone={zone} many={many} base={base} tabIndex={tabIndex} />
        {entry.policy === "restored" ? <span className={classes.stated}>{listTexts.restored}</span> : null}
        {entry.erased ? <span className={classes.stated}>{listTexts.erased}</span> : null}
        {entry.held ? <span className={classes.stated}>{texts.log.held}</span> : null}
        {entry.sourceLabel ? (
          <span className={classes.stated}>
            <Foreign text={texts.log.statedBy(entry.sourceLabel)} />
          </span>
        ) : null}
      </td>
      <td className={classes.status} {...valueSpot("status", entry.status)}>
        <StatusMark status={entry.status} />
      </td>
      <td
        className={classes.object}
        {...valueSpot("object", entry.object && `${entry.object.type}:${entry.object.id}`)}
      >
        {object ? <Foreign text={object} /> : null}
      </td>
      <td className={classes.from} {...valueSpot("network", entry.ip)}>
        {entry.ip}
      </td>
      {isUnfolded && entry.changes ? (
        <td className={classes.unfolded}>
          <ChangedFields changes={entry.changes} zone={zone} />
        </td>
      ) : null}
      <RowValues tabIndex={tabIndex} />
    </tr>
  );
});
