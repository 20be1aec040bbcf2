import { objectTypes } from "@countersign/audit/catalogue";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { texts } from "../../texts.ts";
import classes from "./filter-bar.module.css";
import { referenceOf } from "./log-search.ts";

const choices = Object.entries(objectTypes)
  .map(([value, label]) => ({ value, label: label.charAt(0).toUpperCase() + label.slice(1) }))
  .sort((a, b) => a.label.localeCompare(b.label));

/** What was acted on: a type, and of that type one object by its number. */
export function ObjectChoice({ chosen, onChoose }: { chosen: string | undefined; onChoose: (object: string) => void }) {
  const before = referenceOf(chosen ?? "permit");
  const [type, setType] = useState(before.type);
  const [id, setId] = useState(before.id ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChoose(id.trim() === "" ? type : `${type}:${id.trim()}`);
  };
  return (
    <form className={classes.objectForm} onSubmit={submit}>
      <NativeSelect
        size="xs"
        label={texts.log.objectType}
        data={choices}
        value={type}
        onChange={(event) => setType(event.currentTarget.value)}
      />
      <TextInput
        size="xs"
        label={texts.log.objectId}
        description={texts.log.objectIdHint}
        value={id}
        data-autofocus
        onChange={(event) => setId(event.currentTarget.value)}
      />
      <Button type="submit" size="xs">
        {texts.log.apply}
      </Button>
    </form>
  );
}
