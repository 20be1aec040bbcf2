import { Modal } from "@mantine/core";
import { lazyRouteComponent } from "@tanstack/react-router";
import { Suspense, useState } from "react";
import type { Me } from "../../api.ts";
import { useFocusBack } from "../../components/focus-back.ts";
import { texts } from "../../texts.ts";
import classes from "./sign-in.module.css";
import { SignInForm } from "./sign-in-form.tsx";

type Props = { username: string; onSignedIn: (user: Me) => Promise<void> };

const PasswordForm = lazyRouteComponent(() => import("../password/password-form.tsx"), "PasswordForm");

/** The sign-in over a page whose session ended: the page below keeps what was typed. */
export function SignInOver({ username, onSignedIn }: Props) {
  useFocusBack();
  const [chooser, setChooser] = useState<Me | null>(null);
  const enter = async (user: Me) => {
    setChooser(null);
    await onSignedIn(user);
  };
  return (
    <Modal
      opened
      onClose={() => undefined}
      title={chooser ? texts.password.ownTitle : texts.signIn.again}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      size="sm"
      zIndex={400}
    >
      {chooser ? (
        <Suspense>
          <p className={classes.hint}>{texts.password.ownHint}</p>
          <PasswordForm username={chooser.username} onChanged={() => enter(chooser)} />
        </Suspense>
      ) : (
        <>
          <p className={classes.hint}>{texts.signIn.againHint}</p>
          <SignInForm
            username={username}
            onSignedIn={(user) => (user.mustChangePassword ? setChooser(user) : enter(user))}
          />
        </>
      )}
    </Modal>
  );
}
