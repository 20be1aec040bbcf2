import { Menu } from "@mantine/core";
import { type KeyboardEvent, useEffect, useEffectEvent, useRef, useState } from "react";
import type { LogEntry } from "../../api.ts";
import { useCopying } from "../../components/copying.ts";
import { Foreign } from "../../components/foreign.tsx";
import { LateByHand } from "../../components/late-by-hand.tsx";
import { texts } from "../../texts.ts";
import { type EntryValue, entryValues } from "./entry-values.ts";
import { filterNames, namedKindOf, valueWords } from "./filter-words.ts";
import { listTexts } from "./list-texts.ts";
import type { LogSearch } from "./log-search.ts";
import type { Picked } from "./picked.tsx";
import { exclude, only } from "./query-edit.ts";
import { queryTexts } from "./query-texts.ts";
import classes from "./row-menu.module.css";
import type { AskedMenu } from "./row-menu.tsx";
import type { SeenNames } from "./seen-names.ts";

const words = queryTexts.values;

type Props = {
  asked: AskedMenu;
  search: LogSearch;
  names: SeenNames;
  picked: Picked;
  onChange: (search: LogSearch) => void;
  onClose: () => void;
};

/** What can be done with a value; before that, when none was pointed at, the values of the event. */
export function ValueMenuPanel({ asked, search, names, picked, onChange, onClose }: Props) {
  const pointed: EntryValue | null = asked.value && { ...asked.value, label: null };
  const [chosen, setChosen] = useState<EntryValue | null>(pointed);
  const { copy, copied, failed } = useCopying();
  const close = useEffectEvent(onClose);
  useEffect(() => {
    if (copied) close();
  }, [copied]);
  const dropdown = useRef<HTMLDivElement>(null);
  const nameOf = ({ key }: EntryValue) => (key === "event" ? texts.log.eventId : filterNames[key]);
  const wordsOf = ({ key, value, label }: EntryValue) =>
    label ?? (key === "event" || key === "request" ? value : valueWords(key, value, names.nameOf));
  const key = chosen?.key ?? "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: other items stand in the menu once a value is chosen
  useEffect(() => {
    const first = requestAnimationFrame(() =>
      dropdown.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus(),
    );
    return () => cancelAnimationFrame(first);
  }, [key]);

  // The page must not take the same key as meant for what lies below.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    onClose();
  };
  const apply = (edit: typeof only) => {
    if (chosen === null || chosen.key === "event") return;
    if (chosen.key === "request") return onChange({ ...search, request: chosen.value });
    const kind = namedKindOf(chosen.key);
    if (chosen.label !== null && kind !== null) names.note(kind, chosen.value, chosen.label);
    onChange(edit(search, chosen.key, chosen.value));
  };
  const text = chosen && (asked.value?.text ?? (chosen.key === "code" ? chosen.value : wordsOf(chosen)));

  if (failed !== null && chosen !== null) return <LateByHand value={failed} label={nameOf(chosen)} onClose={onClose} />;
  return (
    <Menu opened onClose={onClose} position="bottom-start" withinPortal returnFocus={false} closeOnEscape={false}>
      <Menu.Target>
        <button
          type="button"
          tabIndex={-1}
          aria-label={words.menu}
          className={classes.anchor}
          style={{ insetInlineStart: asked.at.x, insetBlockStart: asked.at.y }}
        />
      </Menu.Target>
      <Menu.Dropdown ref={dropdown} className={classes.menu} onKeyDown={onKeyDown}>
        {chosen === null && asked.entry
          ? entryValues(asked.entry).map((value) => (
              <Menu.Item key={`${value.key} ${value.value}`} closeMenuOnClick={false} onClick={() => setChosen(value)}>
                <span className={classes.line}>
                  <span className={classes.name}>{nameOf(value)}</span>
                  <span className={classes.value}>
                    <Foreign text={wordsOf(value)} />
                  </span>
                </span>
              </Menu.Item>
            ))
          : null}
        {chosen === null && asked.entry ? <PickItem entry={asked.entry} picked={picked} /> : null}
        {chosen === null ? null : (
          <>
            <Menu.Label className={classes.value}>
              {nameOf(chosen)}: <Foreign text={wordsOf(chosen)} />
            </Menu.Label>
            {chosen.key === "event" ? null : <Menu.Item onClick={() => apply(only)}>{words.only}</Menu.Item>}
            {chosen.key === "event" || chosen.key === "request" ? null : (
              <Menu.Item onClick={() => apply(exclude)}>{words.exclude}</Menu.Item>
            )}
            <Menu.Item closeMenuOnClick={false} onClick={() => copy(text ?? "")}>
              {words.copy}
            </Menu.Item>
            {asked.entry ? (
              <Menu.Item closeMenuOnClick={false} onClick={() => setChosen(null)}>
                {words.back}
              </Menu.Item>
            ) : null}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function PickItem({ entry, picked }: { entry: LogEntry; picked: Picked }) {
  return (
    <>
      <Menu.Divider />
      <Menu.Item onClick={() => picked.pick(entry)}>
        {picked.entries.has(entry.id) ? listTexts.letGo : listTexts.pick}
      </Menu.Item>
    </>
  );
}
