import { UnstyledButton } from "@mantine/core";
import { useEffect } from "react";
import type { Me } from "../../api.ts";
import { Brand } from "../../components/brand.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { OfflineNote } from "../../components/offline-note.tsx";
import { SignOutFailed } from "../../components/sign-out-failed.tsx";
import { useSignOut } from "../../me.ts";
import { texts } from "../../texts.ts";
import classes from "../sign-in/sign-in.module.css";
import { PasswordForm } from "./password-form.tsx";

type Props = { me: Me; onChanged: () => Promise<void> };

/** Stands where the asked-for page will stand, until who signed in with a password that others know has chosen one. */
export function OwnPasswordPage({ me, onChanged }: Props) {
  const signOut = useSignOut();
  useEffect(() => {
    document.title = `${texts.password.ownTitle} · ${texts.product}`;
  }, []);
  return (
    <>
      <OfflineNote />
      <SignOutFailed />
      <main className={classes.page}>
        <div className={classes.card} data-wide>
          <Brand size={36} word={false} />
          <h1 className={classes.title}>{texts.password.ownTitle}</h1>
          <p className={classes.tagline}>{texts.password.ownHint}</p>
          <PasswordForm username={me.username} onChanged={onChanged} />
        </div>
        <p className={classes.note}>
          <Foreign text={texts.password.signedInAs(me.name)} />{" "}
          <UnstyledButton className={classes.signOut} onClick={signOut}>
            {texts.nav.signOut}
          </UnstyledButton>
        </p>
      </main>
    </>
  );
}
