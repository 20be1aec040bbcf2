import { useId } from "react";
import classes from "./profile.module.css";

type Props<T extends string> = {
  label: string;
  hint?: string;
  choices: readonly { value: T; label: string }[];
  value: T;
  onChange: (value: T) => void;
};

/** One of a few, as radio buttons in a row. */
export function ChoiceField<T extends string>({ label, hint, choices, value, onChange }: Props<T>) {
  const id = useId();
  return (
    <fieldset className={classes.choice} aria-describedby={hint ? `${id}-hint` : undefined}>
      <legend>{label}</legend>
      <div className={classes.choices}>
        {choices.map((choice) => (
          <label key={choice.value}>
            <input type="radio" name={id} checked={choice.value === value} onChange={() => onChange(choice.value)} />
            {choice.label}
          </label>
        ))}
      </div>
      {hint ? (
        <p id={`${id}-hint`} className={classes.muted}>
          {hint}
        </p>
      ) : null}
    </fieldset>
  );
}
