import { TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "../../api.ts";
import { Foreign } from "../../components/foreign.tsx";
import { useMay } from "../../me.ts";
import { texts } from "../../texts.ts";
import classes from "./filter-bar.module.css";
import { actorTypes } from "./log-search.ts";

type Known = { reference: string; name: string };
type Props = { known: readonly Known[]; onChoose: (actor: Known) => void };

/** Whose acts to show: a kind of actor, somebody seen in the rows, or a user found by name. */
export function ActorChoice({ known, onChoose }: Props) {
  const trpc = useTRPC();
  const mayFind = useMay("permits.assign");
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 200);
  const found = useQuery({
    ...trpc.permits.assignees.queryOptions(search === "" ? {} : { search }),
    enabled: mayFind,
    placeholderData: keepPreviousData,
  });
  const needle = text.trim().toLowerCase();
  const users = new Map(known.map((actor) => [actor.reference, actor.name]));
  for (const user of found.data?.items ?? []) users.set(`user:${user.id}`, user.name);
  const shown = [...users].filter(([, name]) => name.toLowerCase().includes(needle)).slice(0, 50);
  return (
    <div>
      <TextInput
        className={classes.find}
        size="xs"
        placeholder={texts.log.actorName}
        aria-label={texts.log.actorName}
        value={text}
        data-autofocus
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={classes.choices}>
        <div className={classes.groupName}>{texts.log.actorUsers}</div>
        {shown.map(([reference, name]) => (
          <UnstyledButton key={reference} className={classes.pick} onClick={() => onChoose({ reference, name })}>
            <Foreign text={name} />
          </UnstyledButton>
        ))}
        {shown.length === 0 ? <p className={classes.nothing}>{texts.log.noActor}</p> : null}
        <div className={classes.groupName}>{texts.log.actorKinds}</div>
        {actorTypes.map((type) => (
          <UnstyledButton
            key={type}
            className={classes.pick}
            onClick={() => onChoose({ reference: type, name: texts.actorType[type] })}
          >
            {texts.actorType[type]}
          </UnstyledButton>
        ))}
      </div>
    </div>
  );
}
