import { countAt, stateAfter } from "@countersign/audit/state-at";
import { Button } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { FailureNote } from "../../components/failure-note.tsx";
import { count, dateTime } from "../../format.ts";
import { usePreferences } from "../../preferences.ts";
import { texts } from "../../texts.ts";
import { ComparedStates } from "./compared-states.tsx";
import classes from "./history.module.css";
import { type HistorySearch, without } from "./history-search.ts";
import { historyTexts } from "./history-texts.ts";
import { MomentChoice } from "./moment-choice.tsx";
import { useObjectChanges } from "./object-changes.ts";
import { StateFields } from "./state-fields.tsx";

const words = historyTexts.asAt;
const route = getRouteApi("/app/history/$type/$id");

/** The object as it was at a moment, or at two, built from the changes in the log. */
export function StatePanel({ type, id }: { type: string; id: string }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { zone } = usePreferences();
  const { changes, ...query } = useObjectChanges(type, id);
  // Steps of one scrub are one place to go back to.
  const change = (next: HistorySearch) => void navigate({ search: next, replace: true, resetScroll: false });
  const go = (key: "at" | "from", iso: string | null) =>
    change(iso === null ? without(search, key) : { ...search, [key]: iso });
  const place = (iso: string | undefined) => (iso === undefined ? changes.length : countAt(changes, Date.parse(iso)));
  const { at, from } = search;
  const atText = at === undefined ? words.present : words.asAt(dateTime(at, zone));
  return (
    <section className={classes.panel} aria-labelledby="state">
      <div className={classes.panelHead}>
        <h2 id="state" className={classes.section}>
          {from === undefined ? atText : historyTexts.compare.title}
        </h2>
        {at === undefined && from === undefined ? <span className={classes.muted}>{words.presentHint}</span> : null}
      </div>
      {query.isError ? (
        <FailureNote error={query.error} holds={texts.failure.holds} onRetry={() => void query.refetch()} />
      ) : null}
      {query.isPending ? <p className={classes.muted}>{historyTexts.loading}</p> : null}
      {query.isSuccess && changes.length === 0 ? <p className={classes.muted}>{words.none}</p> : null}
      {changes.length > 0 ? (
        <>
          {from === undefined ? null : (
            <MomentChoice
              label={historyTexts.compare.earlier}
              changes={changes}
              zone={zone}
              at={from}
              onChange={(iso) => go("from", iso ?? new Date().toISOString())}
            />
          )}
          <MomentChoice
            label={from === undefined ? words.scrub : historyTexts.compare.later}
            changes={changes}
            zone={zone}
            at={at}
            onChange={(iso) => go("at", iso)}
          />
          {from === undefined ? (
            <>
              <StateFields
                state={stateAfter(changes, place(at))}
                changes={changes}
                zone={zone}
                caption={words.table(atText)}
                onLastValues={() => go("at", lastMomentThere(changes))}
              />
              <Button
                variant="default"
                size="xs"
                data-print="no"
                onClick={() => change({ ...search, from: changes[0]?.receivedAt ?? new Date(0).toISOString() })}
              >
                {historyTexts.compare.start}
              </Button>
            </>
          ) : (
            <ComparedStates
              type={type}
              id={id}
              changes={changes}
              from={from}
              at={at}
              onStop={() => change(without(search, "from"))}
            />
          )}
          {query.hasNextPage ? (
            <div className={classes.foot}>
              <p className={classes.muted}>{words.older(count(changes.length))}</p>
              <Button
                variant="default"
                size="xs"
                data-print="no"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {words.readOlder}
              </Button>
            </div>
          ) : null}
        </>
      ) : null}
    </section>
  );
}

/** The moment before the object ended. */
const lastMomentThere = (changes: readonly { receivedAt: string }[]): string =>
  new Date(Date.parse(changes.at(-1)?.receivedAt ?? "") - 1).toISOString();
