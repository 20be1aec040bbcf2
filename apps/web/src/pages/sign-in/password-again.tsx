import { Button, Modal, PasswordInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { failureOf, useTRPC } from "../../api.ts";
import { useCountdown } from "../../components/countdown.ts";
import { useFocusBack } from "../../components/focus-back.ts";
import { Foreign } from "../../components/foreign.tsx";
import { answerPassword } from "../../reauth.ts";
import { texts } from "../../texts.ts";
import classes from "./password-again.module.css";

const words = {
  title: "Your password again",
  hint: (name: string) =>
    `What you are about to do takes the password of ${name} to have been given a moment ago. Then it goes on by itself.`,
  needed: "The password is needed.",
  goOn: "Go on",
  checking: "Checking…",
};

/** An event that reached this dialog closes none below it. */
const here = { "data-mantine-stop-propagation": "true" };

/** Takes the password of who is signed in, for acts that need it to be fresh; the dialog below keeps what was typed. */
export function PasswordAgain({ username }: { username: string }) {
  useFocusBack();
  const trpc = useTRPC();
  const [password, setPassword] = useState("");
  const [notice, setNotice] = useState<string | null>(null);
  const [waitS, setWaitS] = useCountdown();
  const leave = () => answerPassword(false);
  const give = useMutation(
    trpc.auth.reauthenticate.mutationOptions({
      onSuccess: () => answerPassword(true),
      onError: (error) => {
        const failure = failureOf(error);
        setNotice(failure.reason === "unauthenticated" ? texts.failure.signedOut : failure.message);
        if (failure.retryAfterS !== null) setWaitS(Math.ceil(failure.retryAfterS));
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (waitS > 0 || give.isPending) return;
    if (password === "") return setNotice(words.needed);
    setNotice(null);
    give.mutate({ password });
  };
  const message = waitS > 0 ? texts.signIn.wait(waitS) : notice;
  const isOff = waitS > 0 || give.isPending;
  return (
    <Modal
      opened
      onClose={leave}
      title={words.title}
      size="sm"
      zIndex={350}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
    >
      <form
        className={classes.form}
        noValidate
        onSubmit={submit}
        onKeyDown={(event) => {
          if (event.key === "Escape") leave();
        }}
      >
        <p className={classes.hint}>
          <Foreign text={words.hint(username)} />
        </p>
        <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
        <PasswordInput
          label={texts.signIn.password}
          name="password"
          autoComplete="current-password"
          visibilityToggleButtonProps={{ "aria-label": texts.signIn.reveal, ...here }}
          data-autofocus
          {...here}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <div className={classes.notice} role="alert">
          {message ? <Foreign text={message} /> : null}
        </div>
        <div className={classes.actions}>
          <Button variant="default" onClick={leave} {...here}>
            {texts.permit.goBack}
          </Button>
          <Button type="submit" data-disabled={isOff} aria-disabled={isOff} {...here}>
            {give.isPending ? words.checking : words.goOn}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
