import { VisuallyHidden } from "@mantine/core";
import { Check, Minus } from "lucide-react";
import { type RefObject, useEffect, useImperativeHandle, useRef, useState } from "react";
import { Foreign } from "../../components/foreign.tsx";
import { SeverityMark } from "../../events/severity-mark.tsx";
import { count } from "../../format.ts";
import { filterNames, namedKindOf } from "./filter-words.ts";
import type { LogQuery, LogSearch } from "./log-search.ts";
import { usePermitFinder } from "./permit-finder.ts";
import { useCounted } from "./query-counts.ts";
import { exclude, forget, include, stanceOn } from "./query-edit.ts";
import { queryTexts } from "./query-texts.ts";
import type { SeenNames } from "./seen-names.ts";
import { type Choice, choiceOf, groupsOf, type Suggestion, suggestionsFor } from "./suggestion-options.ts";
import classes from "./suggestions.module.css";
import { readDraft } from "./typed-query.ts";

const words = queryTexts.suggest;

/** What the field asks of its list. */
export type SuggestionsHandle = { move: (by: 1 | -1) => void; enter: () => void; leave: () => void };

type Props = {
  id: string;
  typed: string;
  search: LogSearch;
  /** What the rows were asked for. */
  asked: LogQuery;
  names: SeenNames;
  onChange: (search: LogSearch) => void;
  /** Other text stands in the field; an empty one when something was chosen. */
  onTyped: (text: string) => void;
  /** Names the marked option, for assistive technology. */
  onMarked: (optionId: string | undefined) => void;
  handle: RefObject<SuggestionsHandle | null>;
};

/** Filters, then their values with counts, for what stands in the field. */
export function Suggestions({ id, typed, search, asked, names, onChange, onTyped, onMarked, handle }: Props) {
  const draft = readDraft(typed);
  const counts = useCounted(draft, asked);
  const suggestions = suggestionsFor(draft, { ...counts, search, nameOf: names.nameOf });
  const [marked, setMarked] = useState<{ typed: string; id: string } | null>(null);
  const [refused, setRefused] = useState<{ typed: string; why: string } | null>(null);
  const findPermit = usePermitFinder();
  const standing = useRef<string | null>(typed);
  useEffect(() => {
    standing.current = typed;
    return () => {
      standing.current = null;
    };
  }, [typed]);
  const index = marked?.typed === typed ? suggestions.findIndex((one) => one.id === marked.id) : -1;
  const current = index < 0 ? undefined : suggestions[index];
  const optionId = (one: Suggestion) => `${id}-${one.id.replaceAll(/[^\w-]/g, "_")}`;
  const markedId = current && optionId(current);
  useEffect(() => onMarked(markedId), [markedId, onMarked]);
  useEffect(() => {
    if (markedId) document.getElementById(markedId)?.scrollIntoView({ block: "nearest" });
  }, [markedId]);

  // Text cannot be left out, so that without its permit a number changes nothing.
  const leaveOutPermit = async ({ key, number }: Extract<Choice, { kind: "permit" }>) => {
    const found = await findPermit(number);
    const isLeft = standing.current !== typed;
    if (found.reference === null)
      return isLeft ? undefined : setRefused({ typed, why: words.permit[found.why](number) });
    if (!isLeft) onTyped("");
    names.note("object", found.reference, number);
    onChange(exclude(search, key, found.reference));
  };
  const choose = async (choice: Choice, label: string | null) => {
    if (choice.kind === "draft") return onTyped(choice.text);
    if (choice.kind === "permit" && choice.isNot) return leaveOutPermit(choice);
    onTyped("");
    if (choice.kind === "event") return onChange({ ...search, event: choice.id });
    if (choice.kind === "text") return onChange({ ...search, [choice.key]: choice.text });
    if (choice.kind === "permit") {
      const { reference } = await findPermit(choice.number);
      // As text it is found all the same, if more slowly.
      if (reference === null) return onChange({ ...search, q: choice.number });
      names.note("object", reference, choice.number);
      return onChange(include(search, choice.key, reference));
    }
    const { key, value, isNot } = choice;
    const kind = namedKindOf(key);
    if (label !== null && kind !== null) names.note(kind, value, label.replace(/^not /, ""));
    const isSaid = stanceOn(search, key, value) === (isNot ? "excluded" : "included");
    onChange((isSaid ? forget : isNot ? exclude : include)(search, key, value));
  };

  useImperativeHandle(handle, () => ({
    move: (by) => {
      const next = suggestions[(index + by + (index < 0 && by < 0 ? 1 : 0) + suggestions.length) % suggestions.length];
      if (next) setMarked({ typed, id: next.id });
    },
    // Text that was typed and left counts; the beginning of a filter does not.
    leave: () => {
      const choice = draft.key === null ? choiceOf(draft, suggestions) : null;
      if (choice) void choose(choice, null);
    },
    enter: () => {
      const choice = current?.choice ?? choiceOf(draft, suggestions);
      if (choice) void choose(choice, (current ?? suggestions.find((one) => one.choice === choice))?.label ?? null);
    },
  }));

  const groups = groupsOf(suggestions);
  const isKnown = draft.key !== null && draft.key !== "q" && draft.key !== "request";
  const isBare = suggestions.every((one) => one.choice.kind === "draft");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the press must not take the focus from the field
    <div className={classes.panel} onMouseDown={(event) => event.preventDefault()}>
      <div id={id} role="listbox" aria-label={words.label} className={classes.list}>
        {[...groups].map(([group, members]) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options, not of fields
          <div key={group} role="group" aria-label={group}>
            <div className={classes.group} aria-hidden>
              {group}
            </div>
            {members.map((one) => (
              <Option
                key={one.id}
                id={optionId(one)}
                suggestion={one}
                isMarked={one === current}
                onChoose={() => void choose(one.choice, one.label)}
              />
            ))}
          </div>
        ))}
      </div>
      {refused?.typed === typed ? (
        <p className={classes.note} role="alert">
          <Foreign text={refused.why} />
        </p>
      ) : null}
      {isKnown && isBare && !counts.isCounting ? (
        <p className={classes.note}>
          {draft.text === ""
            ? words.none(filterNames[draft.key ?? "q"].toLowerCase())
            : words.cannot(filterNames[draft.key ?? "q"].toLowerCase(), draft.text)}
        </p>
      ) : null}
      <p className={classes.note}>
        {counts.isFailed
          ? words.failed
          : counts.isCounting
            ? words.reading
            : counts.isCapped
              ? words.capped
              : words.hint}
      </p>
      <VisuallyHidden role="status">{counts.isCounting ? "" : words.found(suggestions.length)}</VisuallyHidden>
    </div>
  );
}

type OptionProps = { id: string; suggestion: Suggestion; isMarked: boolean; onChoose: () => void };

function Option({ id, suggestion, isMarked, onChoose }: OptionProps) {
  const { choice, label, stance } = suggestion;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the marked option
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
    <div
      id={id}
      role="option"
      aria-selected={isMarked}
      className={classes.option}
      data-marked={isMarked || undefined}
      onClick={onChoose}
    >
      {choice.kind === "value" && choice.key === "severity" ? <SeverityMark severity={choice.value} bare /> : null}
      <span className={classes.label}>
        <Foreign text={label} />
      </span>
      {stance === null ? null : (
        <span className={classes.stance}>
          {stance === "included" ? <Check size={13} aria-hidden /> : <Minus size={13} aria-hidden />}
          {stance === "included" ? words.chosen : words.leftOut}
        </span>
      )}
      {suggestion.count === null ? null : (
        <span className={classes.count}>
          {count(suggestion.count)}
          <VisuallyHidden> {words.eventsAfter(suggestion.count)}</VisuallyHidden>
        </span>
      )}
    </div>
  );
}
