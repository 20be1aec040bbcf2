import { CircleCheck, CircleDashed } from "lucide-react";
import { type ReactNode, useId } from "react";
import classes from "./welcome.module.css";
import { welcomeTexts as words } from "./welcome-texts.ts";

type Props = { title: string; isDone: boolean; isOptional?: boolean; children: ReactNode };

/** One of the first steps, and whether it is done. */
export function Step({ title, isDone, isOptional = false, children }: Props) {
  const id = useId();
  const Icon = isDone ? CircleCheck : CircleDashed;
  return (
    <li className={classes.step} data-done={isDone || undefined}>
      <section aria-labelledby={id}>
        <div className={classes.stepHead}>
          <Icon size={20} strokeWidth={1.75} aria-hidden />
          <h2 id={id} className={classes.stepTitle}>
            {title}
          </h2>
          <span className={classes.stepState}>{isDone ? words.done : isOptional ? words.optional : words.open}</span>
        </div>
        <div className={classes.stepBody}>{children}</div>
      </section>
    </li>
  );
}
