import { useState } from "react";
import { LinkButton } from "../../components/link-button.tsx";
import { Page } from "../../components/page.tsx";
import { useMe } from "../../me.ts";
import { texts } from "../../texts.ts";
import classes from "./password.module.css";
import { PasswordForm } from "./password-form.tsx";

/** Where somebody changes their password because they want to. */
export function PasswordPage() {
  const me = useMe();
  const [ended, setEnded] = useState<number | null>(null);
  return (
    <Page title={texts.password.title}>
      {ended === null ? (
        <>
          <p className={classes.hint}>{texts.password.othersEnd}</p>
          <PasswordForm username={me?.username ?? ""} onChanged={setEnded} />
        </>
      ) : (
        <div className={classes.done} role="status">
          <span>{texts.password.done(ended)}</span>
          <LinkButton to="/log" variant="default">
            {texts.password.goOn}
          </LinkButton>
        </div>
      )}
    </Page>
  );
}
