import { Button, TextInput, UnstyledButton } from "@mantine/core";
import { Check } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { type Zone, zoneName } from "../../format.ts";
import { texts } from "../../texts.ts";
import { rangeWords } from "./filter-words.ts";
import { firstRange, type LogSearch, type Range, ranges, without, withRange } from "./log-search.ts";
import { queryTexts } from "./query-texts.ts";
import classes from "./range-panel.module.css";
import { withSpan } from "./span-search.ts";
import { readRange } from "./typed-range.ts";

const words = queryTexts.range;

type Props = { search: LogSearch; zone: Zone; onChange: (search: LogSearch) => void };

const outsideRange = (search: LogSearch) => without(search, "from", "to", "range");

/** The last minutes or days, a range in words, or two points of one's own. */
export function RangePanel({ search, zone, onChange }: Props) {
  const isCustom = search.from !== undefined || search.to !== undefined;
  return (
    <>
      <TypedRange search={search} zone={zone} onChange={onChange} />
      <div className={classes.presets}>
        {Object.keys(ranges).map((key) => {
          const range = key as Range;
          const isChosen = !isCustom && range === (search.range ?? firstRange);
          return (
            <UnstyledButton
              key={range}
              className={classes.pick}
              aria-pressed={isChosen}
              onClick={() => onChange(withRange(search, range))}
            >
              {texts.log.ranges[range]}
              {isChosen ? <Check size={14} aria-hidden /> : null}
            </UnstyledButton>
          );
        })}
      </div>
      <OwnRange search={search} zone={zone} onChange={onChange} />
    </>
  );
}

function TypedRange({ search, zone, onChange }: Props) {
  const toldId = useId();
  const [typed, setTyped] = useState("");
  const [now, setNow] = useState(() => Date.now());
  const span = typed.trim() === "" ? null : readRange(typed, zone, now);
  const next = span && withSpan(search, span, now);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (next) onChange(next);
  };
  const told = next ? words.understood(rangeWords(next, zone), zoneName(zone)) : words.notUnderstood;
  return (
    <form className={classes.typed} onSubmit={submit}>
      <div className={classes.line}>
        <TextInput
          size="xs"
          className={classes.grow}
          label={words.typed}
          placeholder={words.example}
          maxLength={80}
          autoComplete="off"
          data-autofocus
          value={typed}
          aria-describedby={toldId}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setNow(Date.now());
          }}
        />
        <Button type="submit" size="xs" aria-disabled={next === null} {...(next === null && { "data-disabled": true })}>
          {words.apply}
        </Button>
      </div>
      <p id={toldId} role="status" className={classes.told}>
        {typed.trim() === "" ? words.examples : told}
      </p>
    </form>
  );
}

/** What a datetime-local field holds for an instant, and back, in the zone shown. */
const toField = (iso: string | undefined, zone: Zone) => {
  if (iso === undefined) return "";
  const offset = zone === "utc" ? 0 : new Date(iso).getTimezoneOffset() * 60_000;
  return new Date(Date.parse(iso) - offset).toISOString().slice(0, 16);
};
const fromField = (text: string, zone: Zone) => new Date(zone === "utc" ? `${text}Z` : text).toISOString();

function OwnRange({ search, zone, onChange }: Props) {
  const [from, setFrom] = useState(toField(search.from, zone));
  const [to, setTo] = useState(toField(search.to, zone));
  const isBad = from !== "" && to !== "" && to <= from;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isBad || (from === "" && to === "")) return;
    onChange({
      ...outsideRange(search),
      ...(from !== "" && { from: fromField(from, zone) }),
      ...(to !== "" && { to: fromField(to, zone) }),
    });
  };
  return (
    <form className={classes.own} onSubmit={submit}>
      <TextInput
        type="datetime-local"
        size="xs"
        label={words.from}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        type="datetime-local"
        size="xs"
        label={words.to}
        value={to}
        error={isBad ? words.bad : null}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Button type="submit" size="xs" variant="default">
        {words.applyOwn}
      </Button>
    </form>
  );
}
