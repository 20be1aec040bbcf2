import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useMemo, useRef } from "react";
import type { ListItem } from "./event-items.ts";
import type { Look } from "./look.ts";
import { dayHeight, heightOf } from "./row-heights.ts";

type Options = {
  headHeight: number;
  density: Look["density"];
  /** Where the list begins, in pixels. */
  offset: number;
  /** Whether all are drawn, as on paper. */
  isWhole: boolean;
};

/** Which items are drawn and where; `sticky` is the index of the day that stands at the top, which always is. */
export const useDrawnItems = (
  items: readonly ListItem[],
  scroller: RefObject<HTMLElement | null>,
  options: Options,
) => {
  const { headHeight, density, offset, isWhole } = options;
  const days = useMemo(() => items.flatMap((item, index) => (item.kind === "day" ? [index] : [])), [items]);
  const sticky = useRef(0);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(items[index]?.kind ?? "entry", density),
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 12,
    initialOffset: offset,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight + dayHeight,
    rangeExtractor: useCallback(
      (range: Range) => {
        if (isWhole) return Array.from({ length: range.count }, (_, index) => index);
        sticky.current = days.findLast((day) => day <= range.startIndex) ?? 0;
        return [...new Set([sticky.current, ...defaultRangeExtractor(range)])].sort((a, b) => a - b);
      },
      [days, isWhole],
    ),
  });
  return { virtual, sticky };
};
