import { Checkbox, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import classes from "./choice-list.module.css";

export type Choice<T extends string> = { value: T; label: string; group?: string; mark?: ReactNode };

type Props<T extends string> = {
  choices: readonly Choice<T>[];
  chosen: readonly T[];
  onChange: (chosen: T[]) => void;
  /** Given for long lists: the label of a field that narrows them. */
  find?: string;
  nothingFound?: string;
};

/** Any number of values of one filter. */
export function ChoiceList<T extends string>({ choices, chosen, onChange, find, nothingFound }: Props<T>) {
  const [text, setText] = useState("");
  const needle = text.trim().toLowerCase();
  const shown = choices.filter((choice) => `${choice.label} ${choice.value}`.toLowerCase().includes(needle));
  const groups = groupsOf(shown);
  return (
    <div>
      {find ? (
        <TextInput
          className={classes.find}
          size="xs"
          placeholder={find}
          aria-label={find}
          value={text}
          data-autofocus
          onChange={(event) => setText(event.currentTarget.value)}
        />
      ) : null}
      <div className={classes.choices}>
        {[...groups].map(([group, members]) => (
          <fieldset key={group} className={classes.choiceGroup}>
            {group === "" ? null : <legend className={classes.groupName}>{group}</legend>}
            {members.map((choice) => (
              <Checkbox
                key={choice.value}
                size="xs"
                className={classes.choice}
                label={
                  <span className={classes.choiceLabel}>
                    {choice.mark}
                    {choice.label}
                  </span>
                }
                checked={chosen.includes(choice.value)}
                onChange={(event) =>
                  onChange(
                    event.currentTarget.checked
                      ? [...chosen, choice.value]
                      : chosen.filter((value) => value !== choice.value),
                  )
                }
              />
            ))}
          </fieldset>
        ))}
        {shown.length === 0 ? <p className={classes.nothing}>{nothingFound}</p> : null}
      </div>
    </div>
  );
}

const groupsOf = <T extends string>(choices: readonly Choice<T>[]): Map<string, Choice<T>[]> => {
  const groups = new Map<string, Choice<T>[]>();
  for (const choice of choices) groups.set(choice.group ?? "", [...(groups.get(choice.group ?? "") ?? []), choice]);
  return groups;
};
