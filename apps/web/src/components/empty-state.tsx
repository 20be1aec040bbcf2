import type { ReactNode } from "react";
import classes from "./states.module.css";

/** Says in words why nothing is here, and what to do next. */
export function EmptyState({ title, children, actions }: { title: string; children: ReactNode; actions?: ReactNode }) {
  return (
    <section className={classes.empty}>
      <h2 className={classes.emptyTitle}>{title}</h2>
      <div className={classes.emptyText}>{children}</div>
      {actions ? <div className={classes.emptyActions}>{actions}</div> : null}
    </section>
  );
}
