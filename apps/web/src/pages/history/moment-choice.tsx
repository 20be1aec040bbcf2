import { sentenceText } from "@countersign/audit/sentence";
import { countAt } from "@countersign/audit/state-at";
import { ActionIcon, Button, TextInput } from "@mantine/core";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useId } from "react";
import { dateTime, type Zone, zoneName } from "../../format.ts";
import { markedText } from "../../marks.ts";
import { fieldTime, instantOf } from "./field-time.ts";
import classes from "./history.module.css";
import { historyTexts } from "./history-texts.ts";
import type { ChangeEntry } from "./object-changes.ts";

const words = historyTexts.asAt;

type Props = {
  label: string;
  /** Oldest first. */
  changes: readonly ChangeEntry[];
  zone: Zone;
  /** The chosen moment, ISO 8601; the present without one. */
  at: string | undefined;
  /** Null is the present. */
  onChange: (iso: string | null) => void;
};

/** A moment in the life of an object: change by change on a slider, or any time typed. */
export function MomentChoice({ label, changes, zone, at, onChange }: Props) {
  const id = useId();
  const step = at === undefined ? changes.length : countAt(changes, Date.parse(at));
  const go = (to: number) => onChange(momentOf(changes, to));
  const back = () => go(Math.max(step - 1, 0));
  const on = () => go(Math.min(step + 1, changes.length));
  return (
    <fieldset className={classes.moment} aria-label={label} data-print="no">
      <label htmlFor={id} className={classes.momentLabel}>
        {label}
      </label>
      <div className={classes.slider}>
        <ActionIcon variant="default" aria-label={words.previous} onClick={back}>
          <ChevronLeft size={16} aria-hidden />
        </ActionIcon>
        <input
          id={id}
          type="range"
          min={0}
          max={changes.length}
          step={1}
          value={step}
          aria-valuetext={momentText(changes, step, at, zone)}
          onChange={(event) => go(Number(event.currentTarget.value))}
        />
        <ActionIcon variant="default" aria-label={words.next} onClick={on}>
          <ChevronRight size={16} aria-hidden />
        </ActionIcon>
      </div>
      <p className={classes.momentText} aria-live="polite">
        {momentText(changes, step, at, zone)}
      </p>
      <div className={classes.typed}>
        <TextInput
          type="datetime-local"
          step={1}
          size="xs"
          label={`${words.time} (${zoneName(zone)})`}
          value={at === undefined ? "" : fieldTime(at, zone)}
          onChange={(event) => {
            const iso = instantOf(event.currentTarget.value, zone);
            if (iso !== null) onChange(iso);
          }}
        />
        {at === undefined ? null : (
          <Button variant="default" size="xs" onClick={() => onChange(null)}>
            {words.now}
          </Button>
        )}
      </div>
    </fieldset>
  );
}

/** The time of a step: the change that it ends with, the moment before the first one, or the present. */
const momentOf = (changes: readonly ChangeEntry[], step: number): string | null => {
  if (step >= changes.length) return null;
  if (step > 0) return changes[step - 1]?.receivedAt ?? null;
  return new Date(Date.parse(changes[0]?.receivedAt ?? "") - 1).toISOString();
};

const momentText = (changes: readonly ChangeEntry[], step: number, at: string | undefined, zone: Zone): string => {
  if (at === undefined) return words.present;
  const last = changes[step - 1];
  if (last === undefined) return words.before;
  return words.after(dateTime(at, zone), markedText(sentenceText(last)));
};
