import { Button, TextInput, UnstyledButton } from "@mantine/core";
import { CalendarRange, Check, ChevronDown } from "lucide-react";
import { type FormEvent, useState } from "react";
import { LatePopover } from "../../components/late-popover.tsx";
import type { Zone } from "../../format.ts";
import { texts } from "../../texts.ts";
import classes from "./filter-bar.module.css";
import { rangeWords } from "./filter-words.ts";
import { firstRange, type LogSearch, type Range, ranges, without } from "./log-search.ts";

type Props = { search: LogSearch; zone: Zone; onChange: (search: LogSearch) => void };

/** Which time to show: the last minutes or days, or two points of one's own. */
export function RangeChoice({ search, zone, onChange }: Props) {
  const isCustom = search.from !== undefined || search.to !== undefined;
  const choose = (range: Range) => {
    const rest = without(search, "from", "to", "range");
    onChange(range === firstRange ? rest : { ...rest, range });
  };
  return (
    <LatePopover
      label={texts.log.range}
      className={classes.dropdown}
      button={(props) => (
        <Button
          {...props}
          variant="default"
          leftSection={<CalendarRange size={15} aria-hidden />}
          rightSection={<ChevronDown size={14} aria-hidden />}
          className={classes.range}
        >
          {rangeWords(search, zone)}
        </Button>
      )}
    >
      {(close) => (
        <>
          {Object.keys(ranges).map((key) => {
            const range = key as Range;
            const isChosen = !isCustom && range === (search.range ?? firstRange);
            return (
              <UnstyledButton
                key={range}
                className={classes.pick}
                aria-pressed={isChosen}
                onClick={() => {
                  close();
                  choose(range);
                }}
              >
                {texts.log.ranges[range]}
                {isChosen ? <Check size={14} aria-hidden /> : null}
              </UnstyledButton>
            );
          })}
          <OwnRange
            search={search}
            zone={zone}
            onChange={(next) => {
              close();
              onChange(next);
            }}
          />
        </>
      )}
    </LatePopover>
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
      ...without(search, "from", "to", "range"),
      ...(from !== "" && { from: fromField(from, zone) }),
      ...(to !== "" && { to: fromField(to, zone) }),
    });
  };
  return (
    <form className={classes.ownRange} onSubmit={submit}>
      <TextInput
        type="datetime-local"
        size="xs"
        label={texts.log.from}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        type="datetime-local"
        size="xs"
        label={texts.log.to}
        value={to}
        error={isBad ? texts.log.badRange : null}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Button type="submit" size="xs" variant="default">
        {texts.log.apply}
      </Button>
    </form>
  );
}
