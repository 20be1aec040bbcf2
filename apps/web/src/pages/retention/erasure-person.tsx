import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { useMay } from "../../me.ts";
import classes from "./erasure.module.css";
import { erasureTexts } from "./erasure-texts.ts";

const words = erasureTexts.form;
const shown = 8;

/** The number of an account, whether it is still there or gone. */
export type Chosen = { userId: number };

type Props = { chosen: Chosen | null; onChoose: (chosen: Chosen | null) => void };

const numberIn = (text: string): number | null => (/^[1-9]\d{0,14}$/.test(text) ? Number(text) : null);

/** Finds an account by name, or by its number when it is gone. */
export function ErasurePerson({ chosen, onChoose }: Props) {
  const trpc = useTRPC();
  const mayRead = useMay("users.read");
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  const number = numberIn(asked);
  const found = useQuery({
    ...trpc.users.list.queryOptions({ search: asked, limit: shown }),
    enabled: asked !== "" && number === null && mayRead,
    staleTime: 10_000,
  });
  const find = () => {
    const next = text.trim();
    if (next === asked) return;
    setAsked(next);
    const account = numberIn(next);
    onChoose(account === null ? null : { userId: account });
  };
  const people = asked === "" || number !== null ? [] : (found.data?.items ?? []);
  return (
    <>
      <div className={classes.find}>
        <TextInput
          label={words.person}
          description={words.personHint}
          data-autofocus
          autoComplete="off"
          maxLength={100}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            find();
          }}
        />
        <Button variant="default" onClick={find}>
          {found.isFetching ? words.finding : words.find}
        </Button>
      </div>
      {found.error ? <FailureNote error={found.error} onRetry={() => void found.refetch()} /> : null}
      {people.length > 0 ? (
        <fieldset className={classes.people}>
          <legend>{words.choose}</legend>
          {people.map(({ id, name, username, status }) => (
            <label key={id}>
              <input
                type="radio"
                name="erasure-person"
                checked={chosen?.userId === id}
                onChange={() => onChoose({ userId: id })}
              />
              <span>
                <Foreign text={name} />{" "}
                <span className={classes.sub}>
                  <Foreign text={`${username}, ${words[status]}`} />
                </span>
              </span>
            </label>
          ))}
          {found.data?.nextCursor ? <p>{words.more}</p> : null}
        </fieldset>
      ) : null}
      {asked !== "" && number === null && found.isSuccess && people.length === 0 ? (
        <p className={classes.hint} role="status">
          {words.noneFound}
        </p>
      ) : null}
    </>
  );
}
