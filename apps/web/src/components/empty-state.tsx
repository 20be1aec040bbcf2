import type { ReactNode } from "react";
import classes from "./states.module.css";

type Props = {
  title: string;
  children: ReactNode;
  actions?: ReactNode;
  /** A heading of the whole page, when nothing else is on it. */
  level?: "h1" | "h2";
};

/** Says in words why nothing is here, and what to do next. */
export function EmptyState({ title, children, actions, level: Title = "h2" }: Props) {
  return (
    <section className={classes.empty}>
      <Title className={classes.emptyTitle}>{title}</Title>
      <div className={classes.emptyText}>{children}</div>
      {actions ? <div className={classes.emptyActions}>{actions}</div> : null}
    </section>
  );
}
