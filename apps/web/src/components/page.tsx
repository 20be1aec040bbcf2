import { type ReactNode, useEffect } from "react";
import type { Zone } from "../format.ts";
import { texts } from "../texts.ts";
import classes from "./page.module.css";
import { PrintHead } from "./print-head.tsx";

type Props = {
  title: string;
  /** What stands right after the title: a state, say. */
  mark?: ReactNode;
  /** What stands beside the title, at the end of the top bar. */
  actions?: ReactNode;
  /** What was asked for, in words: it stands on paper. */
  query?: string;
  /** The zone of the times on the page, where it is not the one chosen for every page. */
  zone?: Zone;
  /** The content scrolls in parts of its own and takes the full width. */
  fill?: boolean;
  children: ReactNode;
};

/** A page's top bar with its name, and its content. */
export function Page({ title, mark, actions, query, zone, fill = false, children }: Props) {
  useEffect(() => {
    document.title = `${title} · ${texts.product}`;
  }, [title]);
  return (
    <div className={classes.page}>
      <header className={classes.bar}>
        <h1 className={classes.title}>{title}</h1>
        {mark}
        <div className={classes.actions}>{actions}</div>
      </header>
      <PrintHead query={query} zone={zone} />
      <div className={fill ? classes.fill : classes.content}>
        {fill ? children : <div className={classes.measure}>{children}</div>}
      </div>
    </div>
  );
}
