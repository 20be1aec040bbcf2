import { Checkbox, NativeSelect, SegmentedControl } from "@mantine/core";
import { setPreference, usePreferences } from "../../preferences.ts";
import { columns, densities, type Grouping, groupings, type LogSearch, without } from "./log-search.ts";
import classes from "./look.module.css";
import type { Look } from "./look.ts";
import { lookTexts as words } from "./look-texts.ts";

type Props = { search: LogSearch; look: Look; onChange: (search: LogSearch) => void };

/** How the rows are put together, which columns they have and how high they are: all of it in the address. */
export function LookPanel({ search, look, onChange }: Props) {
  const { density: chosen, isHistogramShown } = usePreferences();
  const set = <K extends "group" | "hide" | "density">(key: K, value: LogSearch[K] | undefined) => {
    const rest = without(search, key);
    onChange(value === undefined ? rest : { ...rest, [key]: value });
  };
  return (
    <div className={classes.panel}>
      <NativeSelect
        size="xs"
        label={words.group}
        value={look.group ?? ""}
        onChange={(event) => set("group", (event.currentTarget.value || undefined) as Grouping | undefined)}
        data={[
          { value: "", label: words.groups.none },
          ...groupings.map((value) => ({ value, label: words.groups[value] })),
        ]}
      />
      <fieldset className={classes.set}>
        <legend>{words.columns}</legend>
        {columns.map((column) => (
          <Checkbox
            key={column}
            size="xs"
            label={words.names[column]}
            checked={!look.hide.includes(column)}
            onChange={() => {
              const hide = columns.filter((other) => look.hide.includes(other) !== (other === column));
              set("hide", hide.length > 0 ? hide : undefined);
            }}
          />
        ))}
        <Checkbox
          size="xs"
          label={words.histogram}
          checked={isHistogramShown}
          onChange={() => setPreference("isHistogramShown", !isHistogramShown)}
        />
      </fieldset>
      <fieldset className={classes.set}>
        <legend>{words.density}</legend>
        <SegmentedControl
          size="xs"
          aria-label={words.density}
          value={look.density}
          onChange={(value) => {
            const density = densities.find((known) => known === value);
            set("density", density === chosen ? undefined : density);
          }}
          data={densities.map((value) => ({ value, label: words.densities[value] }))}
        />
      </fieldset>
    </div>
  );
}
