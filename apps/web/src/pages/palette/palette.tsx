import { Modal } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { Me } from "../../api.ts";
import { useFocusBack } from "../../components/focus-back.ts";
import { Foreign } from "../../components/foreign.tsx";
import classes from "./palette.module.css";
import { type PaletteGroup, type PaletteItem, usePaletteGroups } from "./palette-items.ts";
import { paletteTexts as words } from "./palette-texts.ts";

type Props = { me: Me; onClose: () => void; onKeys: () => void };

/** One field that leads everywhere: pages, acts on what is open, permits, users, events, and queries of the log in words. */
export function Palette({ me, onClose, onKeys }: Props) {
  useFocusBack();
  const [typed, setTyped] = useState("");
  const text = typed.trim();
  const [settled] = useDebouncedValue(text, 200);
  const { groups, isSearching, failed } = usePaletteGroups(me, text, settled, onKeys);
  const items = groups.flatMap((group) => group.items);
  const [chosen, setChosen] = useState<string | null>(null);
  const at = Math.max(
    items.findIndex(({ id }) => id === chosen),
    0,
  );
  const current = items[at];
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const optionId = (item: PaletteItem | undefined) => item && `${listId}-${item.id}`;
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  });
  const run = (item: PaletteItem | undefined) => {
    if (!item) return;
    onClose();
    item.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return onClose();
    }
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined && items.length > 0) {
      event.preventDefault();
      setChosen(items[(at + step + items.length) % items.length]?.id ?? null);
    }
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(current);
    }
  };
  const isPending = isSearching || settled !== text;
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      aria-label={words.title}
      padding={0}
      size={640}
      centered={false}
      yOffset="10vh"
    >
      <div className={classes.field}>
        <Search size={18} aria-hidden />
        <input
          role="combobox"
          aria-label={words.title}
          aria-expanded={items.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={optionId(current)}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          maxLength={256}
          placeholder={words.placeholder}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setChosen(null);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div ref={list} id={listId} role="listbox" aria-label={words.results} className={classes.list}>
        {groups.map((group) => (
          <Group
            key={`${group.name} ${group.items[0]?.id}`}
            group={group}
            current={current}
            optionId={optionId}
            onPoint={setChosen}
            onRun={run}
          />
        ))}
      </div>
      <p className={classes.foot}>
        <span role="status">
          {failed.length > 0
            ? failed.map(words.failed).join(" ")
            : isPending
              ? words.searching
              : items.length === 0
                ? words.none(text)
                : words.count(items.length)}
        </span>
        <span>{words.hint}</span>
      </p>
    </Modal>
  );
}

type GroupProps = {
  group: PaletteGroup;
  current: PaletteItem | undefined;
  optionId: (item: PaletteItem) => string | undefined;
  onPoint: (id: string) => void;
  onRun: (item: PaletteItem) => void;
};

function Group({ group, current, optionId, onPoint, onRun }: GroupProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: options of a listbox are grouped by this role (APG, grouped listbox)
    <div role="group" aria-label={group.name}>
      <div className={classes.groupName} aria-hidden>
        <Foreign text={group.name} />
      </div>
      {group.items.map((item) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the option (aria-activedescendant)
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field listens to the keys
        <div
          key={item.id}
          id={optionId(item)}
          role="option"
          aria-selected={item.id === current?.id}
          className={classes.option}
          onPointerMove={() => onPoint(item.id)}
          onClick={() => onRun(item)}
        >
          <item.Icon size={16} strokeWidth={1.75} aria-hidden />
          <span className={classes.optionLabel}>
            <Foreign text={item.label} />
          </span>
          {item.detail ? (
            <span className={classes.detail}>
              <Foreign text={item.detail} />
            </span>
          ) : null}
        </div>
      ))}
    </div>
  );
}
