import { Button, Select, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { markedText } from "../../marks.ts";
import { useMay } from "../../me.ts";
import type { ControlProps } from "./setting-control.tsx";
import { itemProblem, kindOf, schemaOf, unitOf } from "./setting-values.ts";
import classes from "./settings.module.css";
import { settingsTexts } from "./settings-texts.ts";

const words = settingsTexts.control;

/** A list of people, addresses or texts, each of which can be taken out, and what adds another. */
export function ListControl({ setting, entry, error, off, nameOf, onChange }: ControlProps) {
  const list: readonly unknown[] = Array.isArray(entry) ? entry : [];
  const kind = kindOf(setting);
  const shown = (item: unknown): string => (typeof item === "number" ? nameOf(item) : String(item));
  const { rest } = unitOf(setting);
  const add = (item: number | string) => onChange([...list, item]);
  return (
    <fieldset className={classes.fieldset}>
      <legend className={classes.legend}>{setting.title}</legend>
      {(off ?? rest) ? <div className={classes.hint}>{off ?? rest}</div> : null}
      <ul className={classes.items}>
        {list.map((item) => (
          <li key={String(item)}>
            <Foreign text={shown(item)} />
            {off === null ? (
              <UnstyledButton
                className={classes.remove}
                aria-label={words.remove(markedText(shown(item)))}
                onClick={() => onChange(list.filter((one) => one !== item))}
              >
                <X size={14} aria-hidden />
              </UnstyledButton>
            ) : null}
          </li>
        ))}
      </ul>
      {error ? (
        <div className={classes.error} role="alert">
          {error}
        </div>
      ) : null}
      {off === null && kind !== "texts" ? <AddUser list={list} title={setting.title} onAdd={add} /> : null}
      {off === null && kind !== "users" ? (
        <AddText
          label={kind === "recipients" ? words.addAddress : words.addTo(setting.title)}
          maxLength={schemaOf(setting).items?.maxLength ?? 254}
          problemOf={(text) => itemProblem(kind, list, text)}
          onAdd={add}
        />
      ) : null}
    </fieldset>
  );
}

type AddTextProps = {
  label: string;
  maxLength: number;
  problemOf: (text: string) => string | null;
  onAdd: (text: string) => void;
};

function AddText({ label, maxLength, problemOf, onAdd }: AddTextProps) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const add = () => {
    const found = problemOf(text);
    setProblem(found);
    if (found !== null) return;
    onAdd(text);
    setText("");
  };
  return (
    <div className={classes.adder}>
      <TextInput
        label={label}
        maxLength={maxLength}
        value={text}
        error={problem}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setProblem(null);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          add();
        }}
      />
      <Button variant="default" onClick={add}>
        {words.add}
      </Button>
    </div>
  );
}

type AddUserProps = { list: readonly unknown[]; title: string; onAdd: (id: number) => void };

function AddUser({ list, title, onAdd }: AddUserProps) {
  const trpc = useTRPC();
  const mayRead = useMay("users.read");
  const [typed, setTyped] = useState("");
  const [isAsked, setAsked] = useState(false);
  const [search] = useDebouncedValue(typed.trim(), 200);
  const users = useQuery({
    ...trpc.users.list.queryOptions({ status: "active", limit: 50, ...(search !== "" && { search }) }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    enabled: mayRead && isAsked,
  });
  if (!mayRead) return <div className={classes.hint}>{words.noUsersRight}</div>;
  const choices = (users.data?.items ?? [])
    .filter(({ id }) => !list.includes(id))
    .map(({ id, name, username }) => ({ value: String(id), label: markedText(`${name} (${username})`) }));
  return (
    <Select
      label={words.addUser}
      aria-label={`${words.addUser}: ${title}`}
      placeholder={words.findUser}
      searchable
      data={choices}
      value={null}
      searchValue={typed}
      onSearchChange={setTyped}
      onFocus={() => setAsked(true)}
      onChange={(id) => {
        if (id !== null) onAdd(Number(id));
        setTyped("");
      }}
      nothingFoundMessage={users.isPending ? null : words.noUser}
      comboboxProps={{ withinPortal: true }}
    />
  );
}
