import { UnstyledButton } from "@mantine/core";
import { Ellipsis } from "lucide-react";
import { type MouseEvent, type ReactNode, useRef, useState } from "react";
import type { LogEntry } from "../../api.ts";
import { useLate } from "../../components/late.ts";
import { usePageKeys } from "../../components/page-keys.ts";
import { texts } from "../../texts.ts";
import { type ListKey, type LogSearch, listOf } from "./log-search.ts";
import type { Picked } from "./picked.tsx";
import classes from "./row-menu.module.css";
import type { SeenNames } from "./seen-names.ts";

/** Marks what is drawn as a value of an event, so that its menu opens there; for any element below `ValueMenus`. */
export const valueSpot = (key: ListKey, value: string | null | undefined) =>
  value ? { "data-field": key, "data-value": value } : {};

/** Where a menu was asked for: of one value, or of all those of an event. */
export type AskedMenu = {
  at: { x: number; y: number };
  entry: LogEntry | undefined;
  value: { key: ListKey; value: string; text: string } | null;
  /** What had the focus, and gets it back. */
  back: HTMLElement | null;
};

const loadPanel = () => import("./row-menu-panel.tsx");

type Props = {
  entries: readonly LogEntry[];
  search: LogSearch;
  names: SeenNames;
  picked: Picked;
  onChange: (search: LogSearch) => void;
  className?: string | undefined;
  children: ReactNode;
};

/** Only, exclude and copy for every value shown in it: by right click, by the button of a row, and by `.` on the focused row. */
export function ValueMenus({ entries, search, names, picked, onChange, className, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const panel = useLate(loadPanel);
  const [asked, setAsked] = useState<AskedMenu | null>(null);
  const ask = (next: Omit<AskedMenu, "back">) => {
    setAsked({ ...next, back: document.activeElement instanceof HTMLElement ? document.activeElement : null });
    void panel.ask();
  };
  const entryAt = (element: Element | null | undefined) => {
    const id = element?.closest<HTMLElement>("[data-event]")?.dataset.event;
    return entries.find((entry) => entry.id === id);
  };
  const askAt = (element: Element) => {
    const entry = entryAt(element);
    const { left, bottom } = element.getBoundingClientRect();
    if (entry) ask({ at: { x: left + 24, y: bottom }, entry, value: null });
  };
  const onContextMenu = (event: MouseEvent) => {
    // With Shift the browser's own menu opens, for links in new tabs.
    if (event.shiftKey || !(event.target instanceof Element)) return;
    const { field = "", value } = event.target.closest<HTMLElement>("[data-field]")?.dataset ?? {};
    const list = listOf(field);
    if (list === null || value === undefined) return;
    event.preventDefault();
    const text = event.target.closest("[data-field]")?.textContent || value;
    ask({
      at: { x: event.clientX, y: event.clientY },
      entry: entryAt(event.target),
      value: { key: list.key, value, text },
    });
  };
  const onClick = (event: MouseEvent) => {
    const button = event.target instanceof Element ? event.target.closest("[data-values]") : null;
    if (button) askAt(button);
  };
  usePageKeys({
    ".": () => {
      const focused = document.activeElement?.closest("[data-event]");
      // The open event offers each of its values itself.
      const button = focused ? null : valueButton();
      if (button) {
        button.focus();
        return button.click();
      }
      const row = focused ?? box.current?.querySelector("tr[data-open]");
      if (row) askAt(row);
    },
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: values and buttons inside are pressed, rows have the key
    // biome-ignore lint/a11y/useKeyWithClickEvents: the click is that of a button inside
    <div ref={box} className={className} onContextMenu={onContextMenu} onClick={onClick}>
      {children}
      {asked && panel.loaded ? (
        <panel.loaded.ValueMenuPanel
          asked={asked}
          search={search}
          names={names}
          picked={picked}
          onChange={onChange}
          onClose={() => {
            setAsked(null);
            if (asked.back?.isConnected) asked.back.focus({ preventScroll: true });
          }}
        />
      ) : null}
    </div>
  );
}

/** The button of the value that the keyboard is in, else of the one under the pointer or under its name, else of the first. */
const valueButton = (): HTMLElement | null => {
  const facts = [
    document.activeElement?.closest("[data-fact]"),
    document.querySelector("[data-fact]:hover"),
    document.querySelector("dt:hover")?.parentElement?.querySelector("[data-fact]"),
    document,
  ];
  const buttons = facts.map((fact) => fact?.querySelector<HTMLElement>("[data-value-menu]"));
  return buttons.find((button) => button) ?? null;
};

/** The button of a row that opens the menu of its values; there on hover and focus. */
export function RowValues() {
  return (
    <td className={classes.cell}>
      <UnstyledButton
        data-values
        className={classes.button}
        aria-haspopup="menu"
        aria-label={texts.log.rowValues}
        tabIndex={-1}
      >
        <Ellipsis size={15} aria-hidden />
      </UnstyledButton>
    </td>
  );
}
