import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import type { Failure } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import classes from "./permit-form.module.css";
import { changedFields, type PermitField, type PermitValues, permitFields, problemsOf } from "./permit-values.ts";

type Props = {
  initial: PermitValues;
  permitTypes: readonly string[];
  /** The fields that may be changed; all when absent. */
  open?: readonly PermitField[];
  isNew: boolean;
  isWorking: boolean;
  error: unknown;
  failure: Failure | null;
  submitLabel: string;
  onSubmit: (values: PermitValues, reason: string) => void;
  onCancel: () => void;
  /** What stands between the fields and the buttons. */
  children?: ReactNode;
};

const words = texts.permit;

/** The fields of a permit, in one column. What the server finds wrong stands at its field. */
export function PermitForm(props: Props) {
  const {
    initial,
    permitTypes,
    open = permitFields,
    isNew,
    isWorking,
    error,
    failure,
    submitLabel,
    onSubmit,
    onCancel,
  } = props;
  const isLost = useLostAt() !== null;
  const [reason, setReason] = useState("");
  const form = useForm<PermitValues>({ initialValues: initial, validate: (values) => problemsOf(values) });
  const isUnchanged = !isNew && changedFields(initial, form.values).length === 0;
  const wrong = (field: PermitField) =>
    form.errors[field] ?? (failure?.fields.some(({ path }) => path === field) ? failure.message : undefined);
  const field = (name: PermitField) => ({
    ...form.getInputProps(name),
    error: wrong(name),
    disabled: !open.includes(name),
  });
  const note = isLost ? texts.failure.offlineReason : isUnchanged ? texts.form.unchanged : null;
  const hasPlace = failure?.fields.some(({ path }) => permitFields.some((name) => name === path)) ?? false;

  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={form.onSubmit((values) => {
        if (!isWorking && note === null) onSubmit(values, reason.trim());
      })}
    >
      <NativeSelect label={words.type} data={[...permitTypes]} withAsterisk {...field("type")} />
      <TextInput label={words.holderName} maxLength={300} withAsterisk data-autofocus {...field("holderName")} />
      <TextInput label={words.holderContact} maxLength={300} {...field("holderContact")} />
      <TextInput label={words.site} maxLength={300} {...field("site")} />
      <div className={classes.pair}>
        <TextInput type="date" label={words.validFrom} {...field("validFrom")} />
        <TextInput type="date" label={words.validTo} {...field("validTo")} />
      </div>
      <Textarea label={words.notes} autosize minRows={3} maxRows={10} maxLength={5_000} {...field("notes")} />
      {isNew ? null : (
        <TextInput
          label={`${words.reason} (${words.optional})`}
          description={words.reasonHint}
          maxLength={2_000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      {error && !hasPlace ? <FailureNote error={error} /> : null}
      {props.children}
      <div className={classes.formActions}>
        <Button type="submit" data-disabled={note !== null} aria-disabled={isWorking || note !== null}>
          {isWorking ? texts.form.saving : submitLabel}
        </Button>
        <Button variant="default" onClick={onCancel}>
          {texts.form.cancel}
        </Button>
        {note ? <span className={classes.muted}>{note}</span> : null}
      </div>
    </form>
  );
}
