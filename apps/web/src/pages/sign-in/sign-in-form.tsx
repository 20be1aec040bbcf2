import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { failureOf, type Me, useTRPC } from "../../api.ts";
import { useCountdown } from "../../components/countdown.ts";
import { Foreign } from "../../components/foreign.tsx";
import { texts } from "../../texts.ts";
import classes from "./sign-in.module.css";

type Props = { username?: string; onSignedIn: (user: Me) => void | Promise<void> };

/** Name and password. Whatever the cause of a refusal, it is the server's one sentence; told to wait, it counts down. */
export function SignInForm({ username: known = "", onSignedIn }: Props) {
  const trpc = useTRPC();
  const [username, setUsername] = useState(known);
  const [password, setPassword] = useState("");
  const [notice, setNotice] = useState<string | null>(null);
  const [waitS, setWaitS] = useCountdown();
  const signIn = useMutation(
    trpc.auth.signIn.mutationOptions({
      onSuccess: ({ user }) => {
        setPassword("");
        return onSignedIn(user);
      },
      onError: (error) => {
        const failure = failureOf(error);
        setNotice(failure.message);
        if (failure.retryAfterS !== null) setWaitS(Math.ceil(failure.retryAfterS));
      },
    }),
  );

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (waitS > 0 || signIn.isPending) return;
    if (username === "" || password === "") return setNotice(texts.signIn.required);
    setNotice(null);
    signIn.mutate({ username, password });
  };

  const message = waitS > 0 ? texts.signIn.wait(waitS) : notice;
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <TextInput
        label={texts.signIn.name}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus={known === "" || undefined}
        autoFocus={known === ""}
        value={username}
        onChange={(event) => setUsername(event.currentTarget.value)}
      />
      <PasswordInput
        label={texts.signIn.password}
        name="password"
        autoComplete="current-password"
        visibilityToggleButtonProps={{ "aria-label": texts.signIn.reveal }}
        data-autofocus={known !== "" || undefined}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <div className={classes.notice} role="alert">
        {message ? <Foreign text={message} /> : null}
      </div>
      <Button type="submit" fullWidth data-disabled={waitS > 0} aria-disabled={waitS > 0 || signIn.isPending}>
        {signIn.isPending ? texts.signIn.submitting : texts.signIn.submit}
      </Button>
    </form>
  );
}
