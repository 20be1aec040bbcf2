import { begins } from "@countersign/audit/object-life";
import { sentenceText } from "@countersign/audit/sentence";
import { UnstyledButton } from "@mantine/core";
import { Check, ChevronDown } from "lucide-react";
import { type MouseEvent, memo, useState } from "react";
import type { LogEntry } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { ChangedFields } from "../../events/changed-fields.tsx";
import { Sentence, tellsChanges } from "../../events/sentence.tsx";
import { SeverityMark } from "../../events/severity-mark.tsx";
import { StatusMark } from "../../events/status-mark.tsx";
import { ago, clockTime, dateTime, type Zone, zoneName } from "../../format.ts";
import { markedText } from "../../marks.ts";
import { texts } from "../../texts.ts";
import classes from "./event-list.module.css";
import type { LogSearch } from "./log-search.ts";
import { RowBadges } from "./row-badges.tsx";
import { RowValues, valueSpot } from "./row-menu.tsx";

type Props = {
  entry: LogEntry;
  zone: Zone;
  /** A second zone in which the time is told. */
  besideZone: Zone | null;
  base: LogSearch;
  rowIndex: number;
  isOpen: boolean;
  isPicked: boolean;
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
  const { entry, zone, besideZone, base, rowIndex, isOpen, isPicked, isUnfolded, isStop, onOpen, onUnfold, onFocus } =
    props;
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
  /** When the row was looked at: how long ago something was is true of one moment only. */
  const [seenAtMs, setSeenAt] = useState<number | null>(null);
  const seenAgo = seenAtMs === null ? null : ago(entry.receivedAt, seenAtMs);
  const name = [markedText(sentenceText(entry)), dateTime(entry.receivedAt, zone), seenAgo, entry.severity]
    .filter((part) => part !== null)
    .join(", ");
  const isMore = fields > 0 && !tellsChanges(entry);
  // Behind the sentence, where a long one does not hide it.
  const many = (
    <UnstyledButton
      className={classes.many}
      aria-expanded={isUnfolded}
      tabIndex={-1}
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
      aria-selected={isPicked}
      aria-current={isOpen || undefined}
      aria-label={name}
      tabIndex={tabIndex}
      data-event={entry.id}
      data-open={isOpen || undefined}
      data-picked={isPicked || undefined}
      className={classes.row}
      onClick={open}
      onFocus={() => {
        onFocus(entry.id);
        setSeenAt(Date.now());
      }}
    >
      <td className={classes.severity} {...valueSpot("severity", entry.severity)}>
        <SeverityMark severity={entry.severity} bare />
        {isPicked ? <Check className={classes.check} size={14} aria-hidden /> : null}
      </td>
      <td className={classes.time}>
        <time dateTime={entry.receivedAt} title={seenAgo ?? undefined} onPointerEnter={() => setSeenAt(Date.now())}>
          {clockTime(entry.receivedAt, zone)}
        </time>
        {besideZone ? (
          <span className={classes.beside} title={`${dateTime(entry.receivedAt, besideZone)} ${zoneName(besideZone)}`}>
            {clockTime(entry.receivedAt, besideZone)}
          </span>
        ) : null}
      </td>
      <td className={classes.what}>
        <span className={classes.text}>
          <Sentence entry={entry} zone={zone} many="" base={base} tabIndex={-1} />
        </span>
        {isMore ? many : null}
        <RowBadges entry={entry} />
        {seenAgo ? <span className={classes.ago}>{seenAgo}</span> : null}
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
      {isUnfolded && isMore && entry.changes ? (
        <td className={classes.unfolded}>
          <ChangedFields changes={entry.changes} zone={zone} isFirst={begins(entry.code)} />
        </td>
      ) : null}
      <RowValues />
    </tr>
  );
});
