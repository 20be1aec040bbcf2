import { UnstyledButton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import { failureOf, useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import fills from "../../events/severity-fills.module.css";
import { clockTime, dateTime, plainDate, type Zone } from "../../format.ts";
import classes from "./histogram.module.css";
import { Gaps, Hatching } from "./histogram-gaps.tsx";
import { HistogramTable } from "./histogram-table.tsx";
import {
  type Bar,
  type Histogram as Counted,
  ceiling,
  countWords,
  fewer,
  hasGap,
  joined,
  spanWords,
  stacked,
  totalOf,
  histogramTexts as words,
} from "./histogram-words.ts";
import type { LogQuery } from "./log-search.ts";

type Props = { query: LogQuery; zone: Zone; onRange: (from: string, to: string) => void };

/** How many events match over time, stacked by severity; choosing bars narrows the range to them. */
export function Histogram({ query, zone, onRange }: Props) {
  const trpc = useTRPC();
  const [isTable, setTable] = useState(false);
  const counts = useQuery({
    ...trpc.audit.histogram.queryOptions(query, { trpc: { abortOnUnmount: true } }),
    placeholderData: keepPreviousData,
  });
  if (counts.isError) {
    return failureOf(counts.error).reason === "query_too_broad" ? (
      <p className={classes.note}>{words.broad}</p>
    ) : (
      <div className={classes.note}>
        <FailureNote title={words.failed} error={counts.error} onRetry={() => void counts.refetch()} />
      </div>
    );
  }
  if (counts.isPending) return <div className={classes.figure} aria-busy />;
  const { data } = counts;
  return (
    <section className={classes.figure} aria-label={words.label} data-stale={counts.isPlaceholderData || undefined}>
      <UnstyledButton className={classes.turn} data-print="no" onClick={() => setTable(!isTable)}>
        {isTable ? words.bars : words.table}
      </UnstyledButton>
      {isTable ? <HistogramTable data={data} zone={zone} onRange={onRange} /> : <Bars {...{ data, zone, onRange }} />}
      {data.removed.length > 0 ? <Gaps removed={data.removed} /> : null}
      {data.countedFrom ? <p className={classes.part}>{words.uncounted(dateTime(data.countedFrom, zone))}</p> : null}
    </section>
  );
}

/** As many as a finger tells apart on the narrowest screen. */
const narrowBars = 12;

type Chosen = { from: number; to: number };

function Bars({ data: counted, zone, onRange }: { data: Counted; zone: Zone; onRange: Props["onRange"] }) {
  const isNarrow = useMediaQuery("(max-width: 767px)", false, { getInitialValueInEffect: false });
  const data = useMemo(
    () => (isNarrow ? { ...counted, bars: fewer(counted.bars, narrowBars) } : counted),
    [counted, isNarrow],
  );
  const { bars, basis, removed } = data;
  const sayBar = (bar: Bar) => countWords(bar.counts) + (hasGap(bar, removed) ? `; ${words.gap}` : "");
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const buttons = useRef<HTMLDivElement>(null);
  const dragging = useRef(false);
  const isCaught = useRef(false);
  const [stop, setStop] = useState(bars.length - 1);
  const top = ceiling(Math.max(1, ...bars.map(totalOf)));
  const told = chosen ? joined(bars, chosen.from, chosen.to) : hovered === null ? null : bars[hovered];
  const all = joined(bars, 0, bars.length - 1);

  const zoom = ({ from, to }: Chosen) => {
    const span = joined(bars, from, to);
    setChosen(null);
    if (span) onRange(span.from, span.to);
  };
  const focus = (index: number) => {
    setStop(index);
    buttons.current?.querySelectorAll("button")[index]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -bars.length, End: bars.length }[event.key];
    if (event.key === "Escape" && chosen) setChosen(null);
    else if (by !== undefined) {
      const next = Math.min(Math.max(stop + by, 0), bars.length - 1);
      setChosen(event.shiftKey ? { from: chosen?.from ?? stop, to: next } : null);
      focus(next);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const barAt = (event: PointerEvent): number => {
    const box = buttons.current?.getBoundingClientRect();
    if (box === undefined) return 0;
    const index = Math.floor(((event.clientX - box.left) / box.width) * bars.length);
    return Math.min(Math.max(index, 0), bars.length - 1);
  };
  return (
    <>
      <p className={classes.told} aria-live="polite">
        {told
          ? `${spanWords(told.from, told.to, basis, zone)} · ${sayBar(told)}`
          : all
            ? `${countWords(all.counts)}`
            : words.none}
        {basis === "days" && !told ? ` · ${words.days}` : null}
      </p>
      <div className={classes.plot}>
        <span className={classes.top} aria-hidden>
          {top}
        </span>
        <svg className={classes.drawing} viewBox={`0 0 ${bars.length} 100`} preserveAspectRatio="none" aria-hidden>
          {bars.map((bar, index) =>
            hasGap(bar, removed) ? <Hatching key={bar.from} index={index} count={bars.length} /> : null,
          )}
          {bars.map((bar, index) => (
            <BarDrawing key={bar.from} bar={bar} index={index} top={top} uncountedBefore={data.countedFrom} />
          ))}
        </svg>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: each bar in it is a button; dragging is the quick way over them */}
        <div
          ref={buttons}
          className={classes.buttons}
          onKeyDown={onKeyDown}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            dragging.current = true;
            isCaught.current = false;
            setChosen({ from: barAt(event), to: barAt(event) });
          }}
          onPointerMove={(event) => {
            setHovered(barAt(event));
            if (!dragging.current || chosen === null) return;
            const to = barAt(event);
            // Only a drag is caught: a click stays one of its bar.
            if (to !== chosen.from && !isCaught.current) {
              isCaught.current = true;
              event.currentTarget.setPointerCapture(event.pointerId);
            }
            setChosen({ ...chosen, to });
          }}
          onPointerLeave={() => {
            setHovered(null);
            // Caught, a drag goes on beside the plot.
            if (isCaught.current) return;
            dragging.current = false;
            setChosen(null);
          }}
          onPointerCancel={() => {
            dragging.current = false;
            isCaught.current = false;
            setChosen(null);
          }}
          onPointerUp={() => {
            if (dragging.current && chosen && chosen.from !== chosen.to) zoom(chosen);
            else if (isCaught.current) setChosen(null);
            dragging.current = false;
            isCaught.current = false;
          }}
        >
          {bars.map((bar, index) => (
            <button
              key={bar.from}
              type="button"
              tabIndex={index === Math.min(stop, bars.length - 1) ? 0 : -1}
              className={classes.bar}
              data-chosen={(chosen && isWithin(index, chosen)) || undefined}
              aria-label={`${spanWords(bar.from, bar.to, basis, zone)}, ${sayBar(bar)}`}
              title={words.hint}
              onFocus={() => setHovered(index)}
              onBlur={() => setHovered(null)}
              onClick={(event) => {
                // A press of Enter takes what Shift and the arrows chose; a click its own bar.
                if (event.detail === 0) zoom(chosen ?? { from: index, to: index });
                else if (chosen && chosen.from === chosen.to) zoom({ from: index, to: index });
              }}
            />
          ))}
        </div>
      </div>
      <Axis data={data} zone={zone} />
    </>
  );
}

const isWithin = (index: number, { from, to }: Chosen): boolean =>
  index >= Math.min(from, to) && index <= Math.max(from, to);

function BarDrawing(props: { bar: Bar; index: number; top: number; uncountedBefore: string | null }) {
  const { bar, index, top, uncountedBefore } = props;
  if (uncountedBefore !== null && bar.to <= uncountedBefore) {
    return <rect x={index} y={0} width={1} height={100} className={classes.uncounted} />;
  }
  let ground = 100;
  return stacked.map((severity) => {
    const height = ((bar.counts[severity] ?? 0) / top) * 100;
    ground -= height;
    return height === 0 ? null : (
      <rect key={severity} x={index + 0.1} y={ground} width={0.8} height={height} className={fills[severity]} />
    );
  });
}

const dayMs = 86_400_000;

/** The beginning, the middle and the end of what is drawn. */
function Axis({ data: { bars, basis }, zone }: { data: Counted; zone: Zone }) {
  const span = Date.parse(bars.at(-1)?.to ?? "") - Date.parse(bars[0]?.from ?? "");
  const word = (iso: string): string =>
    basis === "days"
      ? plainDate(iso.slice(0, 10))
      : span <= dayMs
        ? clockTime(iso, zone).slice(0, 5)
        : dateTime(iso, zone).replace(/(, 00:00)?:00$/, "");
  const at = [0, Math.floor(bars.length / 2), bars.length - 1].map((index) => bars[index]);
  return (
    <div className={classes.axis} aria-hidden>
      {at.map((bar, index) => (
        <span key={index === 0 ? "first" : index === 1 ? "middle" : "last"}>{bar ? word(bar.from) : null}</span>
      ))}
    </div>
  );
}
