import { Checkbox, NativeSelect, Select, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { ListControl } from "./list-control.tsx";
import type { Setting } from "./setting-areas.ts";
import { type Entry, type Hours, type Kind, kindOf, schemaOf, unitOf } from "./setting-values.ts";
import classes from "./settings.module.css";
import { settingsTexts } from "./settings-texts.ts";

const words = settingsTexts.control;

export type ControlProps = {
  setting: Setting;
  entry: Entry;
  error: string | null;
  /** Why it cannot be changed; null when it can. */
  off: string | null;
  nameOf: (id: number) => string;
  onChange: (entry: Entry) => void;
};

/** What every control shows besides its value. */
const shared = ({ setting, error, off }: ControlProps) => ({
  label: setting.title,
  description: off ?? (unitOf(setting).rest || null),
  error,
  disabled: off !== null,
});

const textOf = (entry: Entry): string => (typeof entry === "string" ? entry : "");
const zones = (): string[] => ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

function Whole(props: ControlProps) {
  const { minimum, maximum } = schemaOf(props.setting);
  const { unit } = unitOf(props.setting);
  return (
    <div className={classes.withUnit}>
      <TextInput
        {...shared(props)}
        type="number"
        inputMode="numeric"
        min={minimum ?? 0}
        max={maximum ?? Number.MAX_SAFE_INTEGER}
        step={1}
        className={classes.short}
        value={textOf(props.entry)}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
      {unit ? <span className={classes.unit}>{unit}</span> : null}
    </div>
  );
}

function Flag(props: ControlProps) {
  return (
    <Checkbox
      {...shared(props)}
      checked={props.entry === true}
      onChange={(event) => props.onChange(event.currentTarget.checked)}
    />
  );
}

function TimeOfDay(props: ControlProps) {
  return (
    <TextInput
      {...shared(props)}
      type="time"
      className={classes.short}
      value={textOf(props.entry)}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

function QuietHours(props: ControlProps) {
  const hours = props.entry as Hours;
  const { label, description, error, disabled } = shared(props);
  return (
    <fieldset className={classes.fieldset}>
      <legend className={classes.legend}>{label}</legend>
      {description ? <div className={classes.hint}>{description}</div> : null}
      <Checkbox
        label={words.hasHours}
        checked={hours !== null}
        disabled={disabled}
        onChange={(event) => props.onChange(event.currentTarget.checked ? { from: "22:00", to: "06:00" } : null)}
      />
      {hours === null ? null : (
        <div className={classes.pair}>
          {(["from", "to"] as const).map((end) => (
            <TextInput
              key={end}
              type="time"
              label={words[end]}
              disabled={disabled}
              error={error !== null}
              value={hours[end]}
              onChange={(event) => props.onChange({ ...hours, [end]: event.currentTarget.value })}
            />
          ))}
        </div>
      )}
      {error ? (
        <div className={classes.error} role="alert">
          {error}
        </div>
      ) : null}
    </fieldset>
  );
}

function Choices(props: ControlProps) {
  const chosen = Array.isArray(props.entry) ? props.entry : [];
  const { label, description, error, disabled } = shared(props);
  const known = schemaOf(props.setting).items?.enum ?? [];
  return (
    <fieldset className={classes.fieldset}>
      <legend className={classes.legend}>{label}</legend>
      {description ? <div className={classes.hint}>{description}</div> : null}
      <div className={classes.pair}>
        {known.map((value) => (
          <Checkbox
            key={value}
            label={value.toUpperCase()}
            checked={chosen.includes(value)}
            disabled={disabled}
            onChange={(event) =>
              props.onChange(
                known.filter((one) => (one === value ? event.currentTarget.checked : chosen.includes(one))),
              )
            }
          />
        ))}
      </div>
      {error ? (
        <div className={classes.error} role="alert">
          {error}
        </div>
      ) : null}
    </fieldset>
  );
}

const languages: Readonly<Record<string, string>> = { en: "English" };

function Choice(props: ControlProps) {
  return (
    <NativeSelect
      {...shared(props)}
      className={classes.short}
      data={(schemaOf(props.setting).enum ?? []).map((value) => ({ value, label: languages[value] ?? value }))}
      value={textOf(props.entry)}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

function Zone(props: ControlProps) {
  return (
    <Select
      {...shared(props)}
      searchable
      data={zones()}
      limit={40}
      placeholder={words.zone}
      nothingFoundMessage={words.noZone}
      value={textOf(props.entry)}
      onChange={(zone) => {
        if (zone !== null) props.onChange(zone);
      }}
      comboboxProps={{ withinPortal: true }}
    />
  );
}

function Text(props: ControlProps) {
  return (
    <TextInput
      {...shared(props)}
      maxLength={schemaOf(props.setting).maxLength ?? 1_000}
      value={textOf(props.entry)}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

const controls: Record<Kind, (props: ControlProps) => ReactNode> = {
  whole: Whole,
  time: TimeOfDay,
  flag: Flag,
  hours: QuietHours,
  users: ListControl,
  recipients: ListControl,
  choices: Choices,
  texts: ListControl,
  choice: Choice,
  zone: Zone,
  text: Text,
};

/** The control of a setting, by its kind. */
export function SettingControl(props: ControlProps) {
  const Control = controls[kindOf(props.setting)];
  return <Control {...props} />;
}
