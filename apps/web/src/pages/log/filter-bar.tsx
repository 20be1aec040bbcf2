import { Button, Kbd, SegmentedControl, TextInput, UnstyledButton } from "@mantine/core";
import { ListFilter, Search } from "lucide-react";
import { type FormEvent, type Ref, useState } from "react";
import { useLate } from "../../components/late.ts";
import { type Zone, zoneName } from "../../format.ts";
import { texts } from "../../texts.ts";
import classes from "./filter-bar.module.css";
import { FilterChips } from "./filter-chips.tsx";
import type { NameOf } from "./filter-words.ts";
import { activeFilters, filterKeys, isEventId, type LogSearch, without } from "./log-search.ts";
import { RangeChoice } from "./range-choice.tsx";

type Props = {
  search: LogSearch;
  zone: Zone;
  onChange: (search: LogSearch) => void;
  nameOf: NameOf;
  knownActors: readonly { reference: string; name: string }[];
  searchRef: Ref<HTMLInputElement>;
};

const loadSheet = () => import("../../components/sheet.tsx");

/** Text, range, zone and filters; on a small screen the filters open as a sheet. */
export function FilterBar({ search, zone, onChange, nameOf, knownActors, searchRef }: Props) {
  const [isSheetOpen, setSheetOpen] = useState(false);
  const sheet = useLate(loadSheet);
  const active = activeFilters(search).filter((key) => key !== "q");
  const chips = <FilterChips search={search} onChange={onChange} nameOf={nameOf} knownActors={knownActors} />;
  const clear = () => onChange(without(search, ...filterKeys));
  const zoneChoice = (
    <SegmentedControl
      size="xs"
      aria-label={texts.log.zone}
      value={zone}
      onChange={(value) => onChange({ ...search, zone: value === "utc" ? "utc" : "local" })}
      data={[
        { value: "local", label: <span title={zoneName("local")}>{texts.log.local}</span> },
        { value: "utc", label: texts.log.utc },
      ]}
    />
  );
  return (
    <search className={classes.bar} aria-label={texts.log.searchLabel}>
      <div className={classes.line}>
        <SearchField key={search.q ?? ""} search={search} onChange={onChange} searchRef={searchRef} />
        <RangeChoice search={search} zone={zone} onChange={onChange} />
        <span className={classes.wide}>{zoneChoice}</span>
        <Button
          variant="default"
          className={classes.narrow}
          leftSection={<ListFilter size={15} aria-hidden />}
          onClick={() => {
            setSheetOpen(true);
            void sheet.ask();
          }}
        >
          {active.length > 0 ? texts.log.filtersOf(active.length) : texts.log.filters}
        </Button>
      </div>
      <div className={`${classes.line} ${classes.wide}`}>
        {chips}
        {activeFilters(search).length > 0 ? (
          <UnstyledButton className={classes.clear} onClick={clear}>
            {texts.log.clear}
          </UnstyledButton>
        ) : null}
      </div>
      {isSheetOpen && sheet.loaded ? (
        <sheet.loaded.Sheet title={texts.log.filters} onClose={() => setSheetOpen(false)} fullScreen>
          <div className={classes.sheet}>
            {chips}
            {zoneChoice}
            <Button onClick={() => setSheetOpen(false)}>{texts.log.showResults}</Button>
            <Button variant="default" onClick={clear}>
              {texts.log.clear}
            </Button>
          </div>
        </sheet.loaded.Sheet>
      ) : null}
    </search>
  );
}

type FieldProps = Pick<Props, "search" | "onChange" | "searchRef">;

/** Free text; a pasted event id opens that event instead. */
function SearchField({ search, onChange, searchRef }: FieldProps) {
  const [text, setText] = useState(search.q ?? "");
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    const typed = text.trim();
    if (isEventId(typed)) return onChange({ ...without(search, "q"), event: typed.toLowerCase() });
    if (typed !== (search.q ?? "")) onChange(typed === "" ? without(search, "q") : { ...search, q: typed });
  };
  return (
    <form className={classes.search} onSubmit={submit}>
      <TextInput
        ref={searchRef}
        type="search"
        maxLength={256}
        leftSection={<Search size={15} aria-hidden />}
        rightSection={<Kbd size="xs">/</Kbd>}
        placeholder={texts.log.search}
        aria-label={texts.log.searchLabel}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => submit()}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
    </form>
  );
}
