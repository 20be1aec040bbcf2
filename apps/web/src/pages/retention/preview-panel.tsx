import { eventTypes, isEventCode } from "@countersign/audit/catalogue";
import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { bytes, count } from "../../format.ts";
import { texts } from "../../texts.ts";
import classes from "./retention.module.css";
import { retentionTexts } from "./retention-texts.ts";
import { counted, monthName, type Preview, policyName, previewWords, skipWords } from "./retention-words.ts";

const words = retentionTexts.preview;

/** What the next run would do, worked out without doing it: by policy as bars, by month and by type as tables. */
export function PreviewPanel() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const options = trpc.retention.preview.queryOptions(undefined, { trpc: { abortOnUnmount: true } });
  const read = useQuery({ ...options, staleTime: 10_000, retry: false });
  const isCancelled = read.isPending && read.fetchStatus === "idle";
  const again = (
    <Button variant="default" size="xs" onClick={() => void read.refetch()}>
      {words.again}
    </Button>
  );
  return (
    <section className={classes.panel} aria-labelledby="retention-preview">
      <div className={classes.heading}>
        <h2 id="retention-preview" className={classes.section}>
          {words.title}
        </h2>
        {read.data ? again : null}
      </div>
      {read.isError ? (
        <FailureNote error={read.error} holds={texts.failure.holds} onRetry={() => void read.refetch()} />
      ) : null}
      {read.data ? <Found preview={read.data} /> : null}
      {read.isPending && read.fetchStatus !== "idle" ? (
        <div className={classes.loading} role="status" aria-label={words.loading}>
          <AfterDelay ms={800}>
            <p className={classes.muted}>{words.slow}</p>
            <Button
              variant="default"
              size="xs"
              onClick={() => void queries.cancelQueries({ queryKey: options.queryKey })}
            >
              {words.cancel}
            </Button>
          </AfterDelay>
        </div>
      ) : null}
      {isCancelled && !read.isError ? (
        <div className={classes.heading}>
          <p className={classes.muted}>{words.cancelled}</p>
          {again}
        </div>
      ) : null}
    </section>
  );
}

function Found({ preview: { policies } }: { preview: Preview }) {
  const months = policies.flatMap((policy) => policy.months);
  const codes = policies.flatMap(({ policy, codes }) => codes.map((code) => ({ policy, ...code })));
  return (
    <>
      <ul className={classes.bars} aria-label={words.chart}>
        {policies.map((policy) => (
          <li key={policy.policy} className={classes.barLine}>
            <span className={classes.barName}>{policyName(policy.policy)}</span>
            <Bar {...policy} />
            <span className={classes.barWords}>{previewWords(policy)}</span>
          </li>
        ))}
      </ul>
      <p className={classes.legend} aria-hidden>
        <span data-part="removed">{words.legend.removed}</span>
        <span data-part="held">{words.legend.held}</span>
        <span data-part="kept">{words.legend.kept}</span>
      </p>
      {months.length === 0 ? <p className={classes.muted}>{words.nothing}</p> : null}
      {months.length > 0 ? (
        <details className={classes.details}>
          <summary>{words.byMonth}</summary>
          <table className={classes.table}>
            <caption className={classes.caption}>{words.typesAbout}</caption>
            <thead>
              <tr>
                <th scope="col">{words.month}</th>
                <th scope="col">{words.policy}</th>
                <th scope="col" data-figures>
                  {words.events}
                </th>
                <th scope="col" data-figures>
                  {words.held}
                </th>
                <th scope="col" data-figures>
                  {words.back}
                </th>
                <th scope="col">{words.state}</th>
              </tr>
            </thead>
            <tbody>
              {months.map(({ policy, month, rows, held, heldIsMore, bytes: size, blocked }) => (
                <tr key={`${policy} ${month}`}>
                  <th scope="row">{monthName(month)}</th>
                  <td data-label={words.policy}>{policyName(policy)}</td>
                  <td data-label={words.events} data-figures>
                    {count(rows)}
                  </td>
                  <td data-label={words.held} data-figures>
                    {held === null ? words.notCounted : counted(held, heldIsMore)}
                  </td>
                  <td data-label={words.back} data-figures>
                    {bytes(size)}
                  </td>
                  <td data-label={words.state}>{blocked === null ? words.goes : words.stays(skipWords(blocked))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      ) : null}
      {codes.length > 0 ? (
        <details className={classes.details}>
          <summary>{words.byType}</summary>
          <table className={classes.table}>
            <caption className={classes.caption}>{words.typesHint}</caption>
            <thead>
              <tr>
                <th scope="col">{words.type}</th>
                <th scope="col">{words.month}</th>
                <th scope="col">{words.policy}</th>
                <th scope="col" data-figures>
                  {words.count}
                </th>
              </tr>
            </thead>
            <tbody>
              {codes.map(({ policy, code, month, count: events }) => (
                <tr key={`${policy} ${code} ${month}`}>
                  <th scope="row">{isEventCode(code) ? eventTypes[code].name : code}</th>
                  <td data-label={words.month}>{monthName(month)}</td>
                  <td data-label={words.policy}>{policyName(policy)}</td>
                  <td data-label={words.count} data-figures>
                    {count(events)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      ) : null}
    </>
  );
}

/** Shares of one policy's events; what little there is of one is seen all the same. */
function Bar({ rows, removed, held }: { rows: number; removed: number; held: number }) {
  const parts = [
    { part: "removed", events: removed },
    { part: "held", events: Math.min(held, rows - removed) },
  ].filter(({ events }) => events > 0);
  return (
    <span className={classes.bar} aria-hidden>
      {parts.map(({ part, events }) => (
        <span key={part} data-part={part} style={{ inlineSize: `max(3px, ${(100 * events) / rows}%)` }} />
      ))}
    </span>
  );
}
