import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTRPC } from "../../api.ts";
import { FailureNote } from "../../components/failure-note.tsx";
import { Foreign } from "../../components/foreign.tsx";
import { QueryWait } from "../../components/query-body.tsx";
import { ChangedFields } from "../../events/changed-fields.tsx";
import { Sentence } from "../../events/sentence.tsx";
import { dateTime } from "../../format.ts";
import { useMay } from "../../me.ts";
import { usePreferences } from "../../preferences.ts";
import { texts } from "../../texts.ts";
import classes from "./catalogue.module.css";
import { catalogueTexts } from "./catalogue-texts.ts";

const words = catalogueTexts.page;

/** Who set what of a type, as the log has it; `newest` is the event of the last change here. */
export function TypeHistory({ code, newest }: { code: string; newest: string | null }) {
  const mayRead = useMay("audit.read");
  return (
    <section className={classes.panel} aria-labelledby="history">
      <div className={classes.panelHead}>
        <h2 id="history" className={classes.section}>
          {words.history}
        </h2>
        {mayRead ? (
          <Link to="/log" search={{ object: `system_config:event_type:${code}`, range: "all" }}>
            {words.historyAll}
          </Link>
        ) : null}
      </div>
      {mayRead ? (
        <History code={code} newest={newest} />
      ) : (
        <p className={classes.muted}>{texts.notPermitted.text("audit.read")}</p>
      )}
    </section>
  );
}

const shown = 20;

function History({ code, newest }: { code: string; newest: string | null }) {
  const trpc = useTRPC();
  const { zone } = usePreferences();
  const query = useQuery({
    ...trpc.audit.objectHistory.queryOptions({
      objectType: "system_config",
      objectId: `event_type:${code}`,
      limit: shown,
    }),
    staleTime: 10_000,
    // An event stands in the log a moment after it was kept.
    refetchInterval: ({ state }) =>
      newest !== null && state.dataUpdateCount < 8 && !state.data?.entries.some(({ id }) => id === newest)
        ? 700
        : false,
  });
  if (query.isError) return <FailureNote error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) {
    return <QueryWait title={words.history} query={query} queryKey={trpc.audit.objectHistory.pathKey()} rows={6} />;
  }
  if (query.data.entries.length === 0) return <p className={classes.muted}>{words.historyNone}</p>;
  return (
    <>
      <ol className={classes.changes}>
        {query.data.entries.map((entry) => (
          <li key={entry.id}>
            <Sentence entry={entry} zone={zone} many={texts.log.fields(Object.keys(entry.changes ?? {}).length)} />
            {Object.keys(entry.changes ?? {}).length > 1 ? (
              <ChangedFields changes={entry.changes ?? {}} zone={zone} />
            ) : null}
            {entry.notes ? (
              <div className={classes.muted}>
                <Foreign text={`“${entry.notes}”`} />
              </div>
            ) : null}
            <div>
              <Link to="/log" search={{ event: entry.id }}>
                <time dateTime={entry.receivedAt}>{dateTime(entry.receivedAt, zone)}</time>
              </Link>
            </div>
          </li>
        ))}
      </ol>
      {query.data.nextCursor ? <p className={classes.muted}>{words.historyMore}</p> : null}
    </>
  );
}
