import { useState } from "react";
import { Page } from "../../components/page.tsx";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import { useMe } from "../../me.ts";
import { texts } from "../../texts.ts";
import classes from "./password.module.css";
import { type PasswordChange, PasswordForm } from "./password-form.tsx";

/** Where somebody changes their password because they want to. */
export function PasswordPage() {
  const me = useMe();
  const [done, setDone] = useState<PasswordChange | null>(null);
  return (
    <Page title={texts.password.title}>
      {done ? (
        <div className={classes.done}>
          <ReceiptNote done={done} sentence={texts.password.done(done.sessionsEnded)} onDismiss={() => setDone(null)} />
        </div>
      ) : null}
      <p className={classes.hint}>{texts.password.othersEnd}</p>
      <PasswordForm username={me?.username ?? ""} onChanged={setDone} />
    </Page>
  );
}
