import { categories, type EventCode, eventCodes, eventType, severities, statuses } from "@countersign/audit/catalogue";
import { SeverityMark } from "../../events/severity-mark.tsx";
import { texts } from "../../texts.ts";
import { ActorChoice } from "./actor-choice.tsx";
import { ChoiceList } from "./choice-list.tsx";
import { FilterChip } from "./filter-chip.tsx";
import { filterNames, filterWords, type NameOf } from "./filter-words.ts";
import { type FilterKey, type LogSearch, without } from "./log-search.ts";
import { ObjectChoice } from "./object-choice.tsx";

const keysOf = <T extends object>(record: T) => Object.keys(record) as (keyof T & string)[];

const eventChoices = eventCodes.map((code: EventCode) => ({
  value: code,
  label: eventType(code).name,
  group: categories[eventType(code).category].title,
}));
const categoryChoices = keysOf(categories).map((value) => ({ value, label: categories[value].title }));
const severityChoices = [...severities]
  .reverse()
  .map((value) => ({ value, label: texts.severity[value], mark: <SeverityMark severity={value} bare /> }));
const statusChoices = statuses.map((value) => ({ value, label: texts.status[value] }));

type Props = {
  search: LogSearch;
  onChange: (search: LogSearch) => void;
  nameOf: NameOf;
  knownActors: readonly { reference: string; name: string }[];
};

/** The filters beside the text, one chip each. */
export function FilterChips({ search, onChange, nameOf, knownActors }: Props) {
  const words = filterWords(search, nameOf);
  const set = <K extends FilterKey>(key: K, value: NonNullable<LogSearch[K]> | undefined) => {
    const rest = without(search, key);
    onChange(value === undefined || value.length === 0 ? rest : { ...rest, [key]: value });
  };
  const chip = (key: FilterKey) => ({ name: filterNames[key], value: words[key], onRemove: () => set(key, undefined) });
  return (
    <>
      <FilterChip {...chip("code")}>
        {() => (
          <ChoiceList
            choices={eventChoices}
            chosen={search.code ?? []}
            onChange={(chosen) => set("code", chosen)}
            find={texts.log.findEvent}
            nothingFound={texts.log.noEventType}
          />
        )}
      </FilterChip>
      <FilterChip {...chip("category")}>
        {() => (
          <ChoiceList
            choices={categoryChoices}
            chosen={search.category ?? []}
            onChange={(chosen) => set("category", chosen)}
          />
        )}
      </FilterChip>
      <FilterChip {...chip("severity")}>
        {() => (
          <ChoiceList
            choices={severityChoices}
            chosen={search.severity ?? []}
            onChange={(chosen) => set("severity", chosen)}
          />
        )}
      </FilterChip>
      <FilterChip {...chip("status")}>
        {() => (
          <ChoiceList
            choices={statusChoices}
            chosen={search.status ?? []}
            onChange={(chosen) => set("status", chosen)}
          />
        )}
      </FilterChip>
      <FilterChip {...chip("actor")}>
        {(close) => (
          <ActorChoice
            known={knownActors}
            onChoose={({ reference }) => {
              close();
              set("actor", reference);
            }}
          />
        )}
      </FilterChip>
      <FilterChip {...chip("object")}>
        {(close) => (
          <ObjectChoice
            chosen={search.object}
            onChoose={(object) => {
              close();
              set("object", object);
            }}
          />
        )}
      </FilterChip>
    </>
  );
}
