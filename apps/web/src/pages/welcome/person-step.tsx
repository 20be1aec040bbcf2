import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import type { FirstSteps } from "../../first-steps.ts";
import { useMay } from "../../me.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { ShownOnce } from "./shown-once.tsx";
import { Step } from "./step.tsx";
import classes from "./welcome.module.css";
import { welcomeTexts } from "./welcome-texts.ts";

const words = welcomeTexts.person;

/** Somebody besides the first administrator who can decide. */
export function PersonStep({ secondPerson }: Pick<FirstSteps, "secondPerson">) {
  const isDone = secondPerson === "able";
  const mayCreate = useMay("users.create");
  const [isAdded, setAdded] = useState(false);
  return (
    <Step title={words.title} isDone={isDone} isOptional>
      <p className={classes.hint}>{isDone && !isAdded ? words.another : words.hint}</p>
      {secondPerson === "awaited" ? <p role="status">{words.awaited}</p> : null}
      {mayCreate ? null : <p className={classes.hint}>{texts.notPermitted.needs("users.create")}</p>}
      {mayCreate && (!isDone || isAdded) ? <PersonForm onAdded={() => setAdded(true)} /> : null}
    </Step>
  );
}

const empty = { name: "", username: "", roleId: "" };

function PersonForm({ onAdded }: { onAdded: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const isLost = useLostAt() !== null;
  const roles = useQuery({ ...trpc.roles.list.queryOptions({}), enabled: useMay("roles.read") });
  const [values, setValues] = useState(empty);
  const [isTried, setTried] = useState(false);
  const add = useMutation(
    trpc.users.create.mutationOptions({
      onSuccess: () => {
        onAdded();
        void queries.invalidateQueries(trpc.welcome.state.queryFilter());
      },
    }),
  );
  if (add.data) {
    const { user, password } = add.data;
    return (
      <>
        <ReceiptNote done={add.data} sentence={words.added(user.name)} onDismiss={add.reset} />
        <ShownOnce
          copy={words.copy}
          rows={[
            { name: words.username2, value: user.username },
            ...(password === null ? [] : [{ name: words.password, value: password }]),
          ]}
        />
      </>
    );
  }
  const set = (name: keyof typeof empty) => (event: { currentTarget: { value: string } }) =>
    setValues({ ...values, [name]: event.currentTarget.value });
  const lack = (name: keyof typeof empty) => (isTried && values[name].trim() === "" ? words.needed : null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (add.isPending || isLost || Object.values(values).some((value) => value.trim() === "")) return;
    const { name, username, roleId } = values;
    add.mutate({ name: name.trim(), username: username.trim(), roleIds: [Number(roleId)] });
  };
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <TextInput
        label={words.name}
        autoComplete="off"
        value={values.name}
        error={lack("name")}
        onChange={set("name")}
      />
      <TextInput
        label={words.username}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={values.username}
        error={lack("username")}
        onChange={set("username")}
      />
      {roles.isError ? <FailureNote error={roles.error} onRetry={() => void roles.refetch()} /> : null}
      <NativeSelect
        label={words.role}
        value={values.roleId}
        error={lack("roleId")}
        onChange={set("roleId")}
        data={[
          { value: "", label: words.choose },
          ...(roles.data?.items ?? []).map(({ id, name }) => ({ value: String(id), label: name })),
        ]}
      />
      {add.error ? <FailureNote error={add.error} /> : null}
      <div>
        <Button type="submit" variant="default" aria-disabled={add.isPending || isLost}>
          {add.isPending ? words.adding : words.add}
        </Button>
      </div>
    </form>
  );
}
