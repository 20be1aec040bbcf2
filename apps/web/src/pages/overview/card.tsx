import { Button } from "@mantine/core";
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useId } from "react";
import { AfterDelay } from "../../components/after-delay.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import states from "../../components/states.module.css";
import { texts } from "../../texts.ts";
import classes from "./overview.module.css";
import { overviewTexts as words } from "./overview-texts.ts";

/** What a card needs to know of its query. */
export type CardQuery<T> = {
  data: T | undefined;
  error: unknown;
  isError: boolean;
  fetchStatus: "fetching" | "paused" | "idle";
  refetch: () => Promise<unknown>;
};

type Props<T> = {
  title: string;
  /** Said of the data once they are there, or always. */
  hint?: ReactNode | ((data: T) => ReactNode);
  query: CardQuery<T>;
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
      <Body title={title} query={query} queryKey={queryKey} rows={rows}>
        {children}
      </Body>
    </section>
  );
}

type BodyProps<T> = Required<Pick<Props<T>, "title" | "query" | "queryKey" | "rows" | "children">>;

function Body<T>({ title, query, queryKey, rows, children }: BodyProps<T>) {
  const queries = useQueryClient();
  const retry = () => void query.refetch();
  if (query.isError) return <FailureNote error={query.error} holds={texts.failure.holds} onRetry={retry} />;
  if (query.data !== undefined) return children(query.data);
  if (query.fetchStatus === "idle") {
    return (
      <p className={classes.slow}>
        {words.cancelled}
        <Button variant="default" size="xs" onClick={retry}>
          {texts.failure.retry}
        </Button>
      </p>
    );
  }
  return (
    <>
      <div className={classes.skeletons} role="status" aria-label={words.loading(title)}>
        {Array.from({ length: rows }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows to come have no identity
          <span key={index} className={classes.skeletonRow}>
            <AfterDelay ms={150}>
              <span className={states.skeleton} />
            </AfterDelay>
          </span>
        ))}
      </div>
      <AfterDelay ms={800}>
        <p className={classes.slow}>
          {words.slow}
          <Button variant="default" size="xs" onClick={() => void queries.cancelQueries({ queryKey })}>
            {words.cancel}
          </Button>
        </p>
      </AfterDelay>
    </>
  );
}
