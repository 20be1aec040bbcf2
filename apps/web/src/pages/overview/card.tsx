import type { QueryKey } from "@tanstack/react-query";
import { type ReactNode, useId } from "react";
import { type PartQuery, QueryBody } from "../../components/query-body.tsx";
import classes from "./overview.module.css";

type Props<T> = {
  title: string;
  /** Said of the data once they are there, or always. */
  hint?: ReactNode | ((data: T) => ReactNode);
  query: PartQuery<T>;
  queryKey: QueryKey;
  /** As many rows as the skeleton has. */
  rows?: number;
  /** What stands at the end of the head: a way on. */
  actions?: ReactNode;
  children: (data: T) => ReactNode;
};

/** One part of the overview, with a skeleton, a wait and a failure of its own, which never take the page. */
export function Card<T>({ title, hint, query, queryKey, rows = 5, actions, children }: Props<T>) {
  const id = useId();
  const said = typeof hint === "function" ? query.data !== undefined && hint(query.data) : hint;
  return (
    <section className={classes.card} aria-labelledby={id} aria-busy={query.fetchStatus === "fetching"}>
      <div className={classes.cardHead}>
        <h2 id={id} className={classes.cardTitle}>
          {title}
        </h2>
        {actions}
      </div>
      {said ? <p className={classes.hint}>{said}</p> : null}
      <QueryBody title={title} query={query} queryKey={queryKey} rows={rows}>
        {children}
      </QueryBody>
    </section>
  );
}
