import { Kbd, VisuallyHidden } from "@mantine/core";
import { Search } from "lucide-react";
import { type FocusEvent, type KeyboardEvent, type RefObject, useId, useRef, useState } from "react";
import { useLate } from "../../components/late.ts";
import { texts } from "../../texts.ts";
import { filterName, valueWords, wordsOfFilter } from "./filter-words.ts";
import { activeFilters, type FilterKey, type LogQuery, type LogSearch, listOf, without } from "./log-search.ts";
import classes from "./query-bar.module.css";
import { QueryChip } from "./query-chip.tsx";
import { conflictsOf } from "./query-edit.ts";
import type { SeenNames } from "./seen-names.ts";
import type { SuggestionsHandle } from "./suggestions.tsx";

type Props = {
  search: LogSearch;
  /** What the rows were asked for. */
  asked: LogQuery;
  names: SeenNames;
  onChange: (search: LogSearch) => void;
  fieldRef: RefObject<HTMLInputElement | null>;
};

const loadList = () => import("./suggestions.tsx");

/** The query: what is chosen as chips, and a field that takes text or, with suggestions, more filters. */
export function QueryField({ search, asked, names, onChange, fieldRef }: Props) {
  const listId = useId();
  const [typed, setTyped] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [marked, setMarked] = useState<string | undefined>();
  const [told, setTold] = useState("");
  // A chip that is being changed stays in the field until another is begun, so that several values can be chosen.
  const [edited, setEdited] = useState("");
  const list = useLate(loadList);
  const handle = useRef<SuggestionsHandle | null>(null);
  const active = activeFilters(search);
  const conflicts = conflictsOf(search);
  /** Those values of a filter that cannot match, in words. */
  const conflicting = (key: FilterKey): string | null => {
    const list = listOf(key);
    const values = new Set(conflicts.filter((one) => one.key === key).flatMap((one) => one.values));
    if (list === null || values.size === 0) return null;
    return texts.log.someOf([...values].map((value) => valueWords(list.key, value, names.nameOf)));
  };

  const open = () => {
    void list.ask();
    setOpen(true);
  };
  const close = () => {
    setOpen(false);
    setEdited("");
    setMarked(undefined);
  };
  const remove = (key: FilterKey) => {
    onChange(without(search, key));
    setTold(texts.log.removed(filterName(key)));
    fieldRef.current?.focus();
  };
  const edit = (key: FilterKey) => {
    const { key: name, isNot } = listOf(key) ?? { key: key as "q" | "request", isNot: false };
    const begun = `${isNot ? "not " : ""}${filterName(key).toLowerCase()}: `;
    const isList = name !== "q" && name !== "request";
    setTyped(isList ? begun : begun + String(search[name]));
    setEdited(isList ? begun : "");
    fieldRef.current?.focus();
    open();
  };
  const onTyped = (text: string) => {
    setTyped(text === "" ? edited : text);
    if (text === "" && edited === "") close();
  };
  const enter = async () => {
    const drawn = () => handle.current;
    if (drawn() === null) await list.ask();
    // The list answers once it is drawn, which takes more than a frame on a busy machine.
    for (let frame = 0; drawn() === null && frame < 100; frame++) await new Promise(requestAnimationFrame);
    drawn()?.enter();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = active.at(-1);
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (isOpen) handle.current?.move(event.key === "ArrowDown" ? 1 : -1);
      else open();
    } else if (event.key === "Enter") {
      if (!isOpen) open();
      if (typed.trim() !== "" || marked !== undefined) void enter();
    } else if (event.key === "Escape") {
      if (isOpen) close();
      else fieldRef.current?.blur();
      setTyped("");
    } else if (event.key === "Backspace" && typed === "" && last !== undefined) remove(last);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onBlur = (event: FocusEvent) => {
    if (event.currentTarget.contains(event.relatedTarget)) return;
    handle.current?.leave();
    setTyped("");
    close();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pressing beside the chips means the field
    <div
      className={classes.field}
      onBlur={onBlur}
      onMouseDown={(event) => {
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        fieldRef.current?.focus();
        open();
      }}
    >
      <Search size={15} aria-hidden className={classes.glass} />
      {active.map((key) => (
        <QueryChip
          key={key}
          name={filterName(key)}
          value={wordsOfFilter(search, key, names.nameOf) ?? ""}
          conflicting={conflicting(key)}
          onEdit={() => edit(key)}
          onRemove={() => remove(key)}
        />
      ))}
      <input
        ref={fieldRef}
        type="text"
        className={classes.input}
        role="combobox"
        aria-label={texts.log.searchLabel}
        aria-expanded={isOpen && list.loaded !== null}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isOpen ? marked : undefined}
        autoComplete="off"
        spellCheck={false}
        maxLength={256}
        placeholder={active.length === 0 ? texts.log.search : texts.log.addFilter}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          if (!isOpen) open();
        }}
        onClick={open}
        onFocus={list.opener.onFocus}
        // A dialog around it would take the Escape that closes the suggestions for its own.
        data-mantine-stop-propagation={isOpen || typed !== ""}
        onKeyDown={onKeyDown}
      />
      <Kbd size="xs" aria-hidden className={classes.key}>
        /
      </Kbd>
      <VisuallyHidden role="status">{told}</VisuallyHidden>
      {isOpen && list.loaded ? (
        <list.loaded.Suggestions
          id={listId}
          typed={typed}
          search={search}
          asked={asked}
          names={names}
          onChange={onChange}
          onTyped={onTyped}
          onMarked={setMarked}
          handle={handle}
        />
      ) : null}
    </div>
  );
}
