import { type Grouping, groupings, type TriggerKind } from "@countersign/audit/alerts/rule";
import { triggerWords } from "@countersign/audit/alerts/words";
import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import type { AlertRule, Channel } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { useMay } from "../../me.ts";
import classes from "./alerts.module.css";
import { alertsTexts } from "./alerts-texts.ts";
import { LookFor } from "./look-for.tsx";
import { definitionOf, isWrong, limits, type NumberField, type RuleDraft } from "./rule-draft.ts";
import { useRules } from "./use-alerts.ts";

const words = alertsTexts.form;

type Props = {
  draft: RuleDraft;
  rule: AlertRule | null;
  channels: readonly Channel[];
  isTried: boolean;
  onChange: (draft: RuleDraft) => void;
};

/** A rule as a sentence to be filled in. */
export function RuleFields({ draft, rule, channels, isTried, onChange }: Props) {
  const isAtOnce = rule?.shipped === "at_once";
  const mayLook = useMay("audit.read");
  const set = <Field extends keyof RuleDraft>(field: Field, value: RuleDraft[Field]) =>
    onChange({ ...draft, [field]: value });
  return (
    <>
      <Sentence draft={draft} channels={channels} isAtOnce={isAtOnce} />
      {isAtOnce ? (
        <p className={classes.hint}>{words.lookLocked}</p>
      ) : (
        <>
          <TextInput
            label={words.name}
            maxLength={100}
            autoComplete="off"
            withAsterisk
            required
            value={draft.name}
            error={isTried && draft.name.trim() === "" ? words.nameNeeded : null}
            onChange={(event) => set("name", event.currentTarget.value)}
          />
          <LookFor
            search={draft.search}
            label={words.look}
            hint={words.lookHint}
            needs="audit.read"
            needsHint={words.lookNeedsLog}
            onChange={(search) => onChange({ ...draft, search })}
          />
          {mayLook ? (
            <>
              <NativeSelect
                label={words.tell}
                data={(Object.keys(words.kinds) as TriggerKind[]).map((value) => ({
                  value,
                  label: words.kinds[value],
                }))}
                value={draft.kind}
                onChange={(event) => set("kind", event.currentTarget.value as TriggerKind)}
              />
              <Trigger draft={draft} set={set} />
              {draft.kind === "absence" ? null : <Only draft={draft} set={set} />}
            </>
          ) : null}
        </>
      )}
      <fieldset className={classes.group}>
        <legend>{words.through}</legend>
        {channels.filter(takesMessages).map(({ id, name }) => (
          <Checkbox
            key={id}
            label={<Foreign text={name} />}
            checked={draft.channelIds.includes(id)}
            onChange={(event) => set("channelIds", toggled(draft.channelIds, id, event.currentTarget.checked))}
          />
        ))}
        <p className={classes.hint}>{words.throughNone}</p>
      </fieldset>
      {draft.kind === "absence" ? null : <Cooldown draft={draft} set={set} />}
      <Checkbox
        label={isAtOnce ? words.enabledLocked : words.enabled}
        checked={draft.enabled}
        disabled={isAtOnce}
        onChange={(event) => set("enabled", event.currentTarget.checked)}
      />
    </>
  );
}

const takesMessages = ({ kind }: Channel): boolean => kind !== "stream";

const toggled = <Item,>(list: readonly Item[], item: Item, isOn: boolean): Item[] =>
  isOn ? [...list, item] : list.filter((one) => one !== item);

function Sentence({
  draft,
  channels,
  isAtOnce,
}: {
  draft: RuleDraft;
  channels: readonly Channel[];
  isAtOnce: boolean;
}) {
  const definition = definitionOf(draft);
  const named = channels.filter(({ id }) => draft.channelIds.includes(id)).map(({ name }) => name);
  const through = named.length === 0 ? alertsTexts.rules.defaults : named.join(", ");
  const when = isAtOnce ? alertsTexts.rules.at_once : definition && triggerWords(definition);
  return (
    <p className={classes.sentence} role="status">
      <Foreign text={when === null ? words.unfinished(through) : words.sentence(through, when)} />
    </p>
  );
}

type Setter = <Field extends keyof RuleDraft>(field: Field, value: RuleDraft[Field]) => void;
type PartProps = { draft: RuleDraft; set: Setter };

function NumberInput({
  field,
  label,
  unit,
  draft,
  set,
  hint,
}: PartProps & { field: NumberField; label: string; unit?: string; hint?: string }) {
  const [least, most] = limits[field];
  return (
    <TextInput
      label={unit === undefined ? label : `${label} (${unit})`}
      {...(hint !== undefined && { description: hint })}
      inputMode="numeric"
      autoComplete="off"
      value={draft[field]}
      error={isWrong(draft, field) ? words.wrong(least, most) : null}
      onChange={(event) => set(field, event.currentTarget.value)}
    />
  );
}

function Trigger({ draft, set }: PartProps) {
  if (draft.kind === "first_seen") {
    return <NumberInput field="seenDays" label={words.seenDays} unit={words.days} draft={draft} set={set} />;
  }
  if (draft.kind === "absence") {
    return <NumberInput field="silenceMinutes" label={words.silence} unit={words.minutes} draft={draft} set={set} />;
  }
  if (draft.kind === "each") return null;
  return (
    <>
      <div className={classes.pair}>
        <NumberInput field="count" label={words.count} unit={words.countUnit} draft={draft} set={set} />
        <NumberInput field="minutes" label={words.within} unit={words.minutes} draft={draft} set={set} />
      </div>
      <fieldset className={classes.group}>
        <legend>{words.groupBy}</legend>
        <div className={classes.row}>
          {(Object.keys(groupings) as Grouping[]).map((by) => (
            <Checkbox
              key={by}
              label={words.groups[by]}
              checked={draft.groupBy.includes(by)}
              onChange={(event) => set("groupBy", toggled(draft.groupBy, by, event.currentTarget.checked))}
            />
          ))}
        </div>
        <p className={classes.hint}>{words.groupNone}</p>
      </fieldset>
    </>
  );
}

function Only({ draft, set }: PartProps) {
  return (
    <fieldset className={classes.group}>
      <legend>{words.only}</legend>
      <NumberInput field="rows" label={words.rows} hint={words.rowsHint} draft={draft} set={set} />
      <Checkbox
        label={words.outside}
        checked={draft.isOutside}
        onChange={(event) => set("isOutside", event.currentTarget.checked)}
      />
      {draft.isOutside ? (
        <>
          <div className={classes.pair}>
            <TextInput
              type="time"
              label={words.from}
              value={draft.from}
              onChange={(event) => set("from", event.currentTarget.value)}
            />
            <TextInput
              type="time"
              label={words.to}
              value={draft.to}
              onChange={(event) => set("to", event.currentTarget.value)}
            />
          </div>
          <fieldset className={classes.bare}>
            <legend>{words.officeDays}</legend>
            <div className={classes.row}>
              {words.weekdays.map((name, at) => (
                <Checkbox
                  key={name}
                  label={name}
                  checked={draft.days.includes(at + 1)}
                  onChange={(event) => set("days", toggled(draft.days, at + 1, event.currentTarget.checked))}
                />
              ))}
            </div>
          </fieldset>
        </>
      ) : null}
    </fieldset>
  );
}

function Cooldown({ draft, set }: PartProps) {
  const rules = useRules();
  const minutes = rules.data?.cooldownMinutes;
  return (
    <NumberInput
      field="cooldown"
      label={words.cooldown}
      unit={words.minutes}
      {...(minutes !== undefined && { hint: words.cooldownHint(minutes) })}
      draft={draft}
      set={set}
    />
  );
}
