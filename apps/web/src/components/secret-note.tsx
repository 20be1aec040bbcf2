import { Button } from "@mantine/core";
import { KeyRound } from "lucide-react";
import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";
import { Foreign } from "./foreign.tsx";
import classes from "./secret-note.module.css";

type Props = {
  title: string;
  hint: string;
  secret: string;
  copy: string;
  copied: string;
  /** What is said by putting it away. */
  done: string;
  onDone: () => void;
  children?: ReactNode;
};

/** Something that is shown once: it stays until whoever reads it says that it is in safe hands. */
export function SecretNote({ title, hint, secret, copy, copied, done, onDone, children }: Props) {
  return (
    <section className={classes.note} aria-label={title}>
      <KeyRound className={classes.icon} size={18} aria-hidden />
      <div className={classes.body}>
        <strong>
          <Foreign text={title} />
        </strong>
        <p className={classes.hint}>{hint}</p>
        <div className={classes.secret}>
          <code>{secret}</code>
          <CopyButton value={secret} label={copy} done={copied} />
        </div>
        {children}
        <Button variant="default" size="xs" onClick={onDone}>
          {done}
        </Button>
      </div>
    </section>
  );
}
