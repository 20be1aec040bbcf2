import { Button, PasswordInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { failureOf, type Receipt, useTRPC } from "../../api.ts";
import { useCountdown } from "../../components/countdown.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { OffNote } from "../../components/off-note.tsx";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import classes from "./password.module.css";
import { type PasswordField, type PasswordValues, placeOf, problemsOf } from "./password-problems.ts";

const words = texts.password;
const nothing: PasswordValues = { current: "", next: "", again: "" };

export type PasswordChange = Receipt & { sessionsEnded: number };
type Props = { username: string; onChanged: (change: PasswordChange) => void | Promise<void> };

/** The current password and the new one, twice. What the server refuses stands at its field, in its own words. */
export function PasswordForm({ username, onChanged }: Props) {
  const isLost = useLostAt() !== null;
  const trpc = useTRPC();
  const office = useQuery(trpc.system.settings.queryOptions());
  const [values, setValues] = useState(nothing);
  const [isTried, setTried] = useState(false);
  const [waitS, setWaitS] = useCountdown();
  const change = useMutation(
    trpc.auth.changePassword.mutationOptions({
      onSuccess: (change) => {
        setValues(nothing);
        setTried(false);
        return onChanged(change);
      },
      onError: (error) => setWaitS(Math.ceil(failureOf(error).retryAfterS ?? 0)),
    }),
  );
  const failure = change.error ? failureOf(change.error) : null;
  const place = failure ? placeOf(failure) : null;
  const isWaiting = failure?.reason === "too_many_attempts" && waitS > 0;
  const problems = isTried ? problemsOf(values) : {};

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (change.isPending || isLost || isWaiting || Object.keys(problemsOf(values)).length > 0) return;
    change.mutate({ currentPassword: values.current, newPassword: values.next });
  };

  const refusal = (field: PasswordField) => {
    if (place !== field) return null;
    if (failure?.reason !== "too_many_attempts") return failure?.message ?? null;
    return isWaiting ? texts.signIn.wait(waitS) : null;
  };
  const field = (name: PasswordField) => ({
    value: values[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      setValues({ ...values, [name]: event.currentTarget.value });
      if (place === name && !isWaiting) change.reset();
    },
    error: problems[name] ?? refusal(name),
    visibilityToggleButtonProps: { "aria-label": texts.signIn.reveal },
  });

  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      {/* Tells a password manager whose password this is. */}
      <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
      <PasswordInput
        label={words.current}
        name="current-password"
        autoComplete="current-password"
        data-autofocus
        {...field("current")}
      />
      {office.data ? (
        <section className={classes.rules} aria-labelledby="password-rules">
          <h2 id="password-rules" className={classes.rulesTitle}>
            {words.rules}
          </h2>
          <ul>
            {words.ruleList(office.data.passwordMin).map((rule) => (
              <li key={rule}>{rule}</li>
            ))}
          </ul>
        </section>
      ) : null}
      <PasswordInput label={words.next} name="new-password" autoComplete="new-password" {...field("next")} />
      <PasswordInput label={words.again} name="new-password-again" autoComplete="new-password" {...field("again")} />
      {failure && place === null ? <FailureNote error={change.error} /> : null}
      <OffNote />
      <div>
        <Button
          type="submit"
          data-disabled={isWaiting || isLost}
          aria-disabled={change.isPending || isWaiting || isLost}
        >
          {change.isPending ? words.submitting : words.submit}
        </Button>
      </div>
    </form>
  );
}
