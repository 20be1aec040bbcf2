import { useMediaQuery } from "@mantine/hooks";
import { useElementScrollRestoration } from "@tanstack/react-router";
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
} from "react";
import type { LogEntry } from "../../api.ts";
import { useIsPrinting } from "../../components/printing.ts";
import type { Zone } from "../../format.ts";
import { texts } from "../../texts.ts";
import { EventHead } from "./event-head.tsx";
import { itemsOf, stepFrom } from "./event-items.ts";
import classes from "./event-list.module.css";
import { EventRow } from "./event-row.tsx";
import { GroupName } from "./group-name.tsx";
import type { LogSearch } from "./log-search.ts";
import type { Look } from "./look.ts";
import type { Picked } from "./picked.tsx";
import { focusRow, walkRow } from "./row-focus.ts";
import { useDrawnItems } from "./use-drawn-items.ts";

/** What the page can ask of the list. */
export type ListHandle = { step: (by: 1 | -1) => void; focus: (id: string) => void; toTop: () => void };

type Props = {
  /** Names this list among others, so that Back finds where it was scrolled to. */
  scrollId: string;
  entries: LogEntry[];
  zone: Zone;
  besideZone: Zone | null;
  /** The filters a click on a name keeps. */
  base: LogSearch;
  openId: string | undefined;
  onOpen: (id: string) => void;
  picked: Picked;
  onTop: (isAtTop: boolean) => void;
  hasMore: boolean;
  onEnd: () => void;
  /** What stands after the last row. */
  end: ReactNode;
  isStale: boolean;
  look: Look;
  handle: RefObject<ListHandle | null>;
};

/** Pixels from the top that still count as there. */
const nearTop = 4;
export function EventList(props: Props) {
  const {
    scrollId,
    entries,
    zone,
    besideZone,
    base,
    openId,
    onOpen,
    picked,
    onTop,
    hasMore,
    onEnd,
    end,
    isStale,
    look,
    handle,
  } = props;
  // On a small screen the names of the columns go, and with them their height.
  const headHeight = useMediaQuery("(max-width: 767px)", false, { getInitialValueInEffect: false }) ? 0 : 29;
  const scroller = useRef<HTMLDivElement>(null);
  const items = useMemo(() => itemsOf(entries, zone, look.group), [entries, zone, look.group]);
  const [stop, setStop] = useState<string | null>(null);
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const wanted = useRef<string | null>(null);
  const isPrinting = useIsPrinting();
  const saved = useElementScrollRestoration({ id: scrollId });

  const { virtual, sticky } = useDrawnItems(items, scroller, {
    headHeight,
    density: look.density,
    offset: saved?.scrollY ?? 0,
    isWhole: isPrinting,
  });

  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const readOn = useEffectEvent(onEnd);
  useEffect(() => {
    if (hasMore && last >= items.length - 20) readOn();
  }, [hasMore, last, items.length]);

  const reveal = useCallback(
    (id: string): boolean => {
      const index = items.findIndex((item) => item.key === id);
      if (index >= 0) virtual.scrollToIndex(index, { align: "auto" });
      return index >= 0;
    },
    [items, virtual],
  );
  const focus = useCallback(
    (id: string) => {
      if (!reveal(id)) return;
      wanted.current = id;
      setStop(id);
      focusRow(scroller.current, wanted);
    },
    [reveal],
  );
  const showOpen = useEffectEvent(() => {
    if (openId !== undefined && saved === undefined) reveal(openId);
  });
  useEffect(() => showOpen(), []);
  // A row that was far away is drawn only after the scroll.
  useEffect(() => focusRow(scroller.current, wanted));

  const step = useCallback(
    (by: 1 | -1) => {
      const next = stepFrom(entries, openId ?? stop, by);
      if (!next) return;
      if (openId !== undefined) onOpen(next.id);
      // Whoever reads the open event goes on reading there.
      if (document.activeElement?.closest("aside")) reveal(next.id);
      else focus(next.id);
    },
    [entries, openId, stop, onOpen, focus, reveal],
  );
  // A list that is drawn anew stands somewhere without having been scrolled.
  const sayTop = useEffectEvent(() => onTop((scroller.current?.scrollTop ?? 0) < nearTop));
  useEffect(() => {
    const frame = requestAnimationFrame(() => sayTop());
    return () => cancelAnimationFrame(frame);
  }, []);
  const toTop = useCallback(() => {
    virtual.scrollToOffset(0);
    onTop(true);
  }, [virtual, onTop]);
  useEffect(() => {
    const mine = { step, focus, toTop };
    handle.current = mine;
    return () => {
      if (handle.current === mine) handle.current = null;
    };
  }, [handle, step, focus, toTop]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLElement)) return;
    if (walkRow(event.target, event.key)) return event.preventDefault();
    if (event.target.dataset.event === undefined) return;
    if (event.key === "Enter") onOpen(event.target.dataset.event);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const by = event.key === "ArrowDown" ? 1 : -1;
      const from = entries.find(({ id }) => id === stop);
      const next = from && stepFrom(entries, from.id, by);
      if (event.shiftKey) for (const entry of [from, next]) if (entry) picked.pick(entry, true);
      step(by);
    } else return;
    event.preventDefault();
  };

  const unfold = useCallback((id: string) => setUnfolded((before) => toggled(before, id)), []);
  const tabStop = stop !== null && entries.some((entry) => entry.id === stop) ? stop : entries[0]?.id;
  const shift = (start: number) => ({ transform: `translateY(${start - headHeight}px)` });

  return (
    <div
      ref={scroller}
      data-scroll-restoration-id={scrollId}
      className={classes.scroller}
      data-stale={isStale || undefined}
      onScroll={(event) => onTop(event.currentTarget.scrollTop < nearTop)}
    >
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows are walked with the keyboard, as in a grid
        role="grid"
        aria-multiselectable
        aria-label={texts.log.table}
        aria-rowcount={hasMore ? -1 : entries.length + 1}
        aria-busy={isStale}
        className={classes.table}
        data-beside={besideZone ?? undefined}
        data-density={look.density}
        data-hidden={look.hide.join(" ")}
        style={{ blockSize: virtual.getTotalSize() }}
        onKeyDown={onKeyDown}
      >
        <EventHead zone={zone} besideZone={besideZone} />
        <tbody className={classes.rows}>
          {shown.map(({ key, index, start }) => {
            const item = items[index];
            if (item?.kind === "day") {
              const isSticky = index === sticky.current;
              return (
                <tr key={key} className={isSticky ? classes.sticky : classes.day} style={isSticky ? {} : shift(start)}>
                  <td colSpan={6}>{item.heading}</td>
                </tr>
              );
            }
            if (item?.kind === "group") {
              return (
                <tr key={key} className={classes.group} style={shift(start)}>
                  <td colSpan={6}>
                    <GroupName item={item} grouping={look.group} />
                  </td>
                </tr>
              );
            }
            if (item?.kind !== "entry") {
              return (
                <tr key={key} className={classes.end} style={shift(start)}>
                  <td colSpan={6}>{end}</td>
                </tr>
              );
            }
            return (
              <EventRow
                key={key}
                index={index}
                offset={start - headHeight}
                measure={virtual.measureElement}
                entry={item.entry}
                zone={zone}
                besideZone={besideZone}
                base={base}
                rowIndex={item.index + 2}
                isOpen={item.key === openId}
                isPicked={picked.entries.has(item.key)}
                isUnfolded={isPrinting || unfolded.has(item.key)}
                isStop={item.key === tabStop}
                onOpen={onOpen}
                onUnfold={unfold}
                onFocus={setStop}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const toggled = (set: ReadonlySet<string>, value: string): ReadonlySet<string> => {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
};
