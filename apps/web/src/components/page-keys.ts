import { useEffect, useEffectEvent, useRef } from "react";
import { preferences } from "../preferences.ts";

const isField = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName) || target.role === "combobox");

const isCovered = () =>
  document.querySelector('[aria-modal="true"], [role="menu"], .mantine-Popover-dropdown') !== null;

/** How this machine's keyboard names the key of commands. */
export const commandKey = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl";

/**
 * Single keys of a page, named as the browser names them ("j", "/", "Escape"). Off inside fields, under a dialog or a menu, and
 * with Ctrl, Alt or Cmd. "g p" is G, then P within a second. "mod k" is Ctrl or Cmd with K, and works inside fields, too.
 */
export const usePageKeys = (keys: Readonly<Record<string, () => void>>): void => {
  const prefix = useRef<{ key: string; at: number } | null>(null);
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey || isCovered()) return;
    if (event.ctrlKey || event.metaKey) {
      const command = keys[`mod ${event.key.toLowerCase()}`];
      if (!command) return;
      event.preventDefault();
      return command();
    }
    if (isField(event.target)) return;
    const isLetter = event.key.length === 1;
    if (isLetter && !preferences().letterKeys) return;
    const key = isLetter ? event.key.toLowerCase() : event.key;
    const isSecond = prefix.current !== null && event.timeStamp - prefix.current.at < 1_000;
    const run = isSecond ? keys[`${prefix.current?.key} ${key}`] : keys[key];
    prefix.current = key === "g" && !isSecond ? { key, at: event.timeStamp } : null;
    if (!run) return;
    event.preventDefault();
    run();
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => press(event);
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
};
