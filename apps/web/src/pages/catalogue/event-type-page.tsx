import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { type ReactNode, useState } from "react";
import { type Receipt, useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { usePageActions } from "../../components/page-actions.ts";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import states from "../../components/states.module.css";
import { SeverityMark } from "../../events/severity-mark.tsx";
import { useMay } from "../../me.ts";
import { texts } from "../../texts.ts";
import { parseLogSearch } from "../log/log-search.ts";
import classes from "./catalogue.module.css";
import { catalogueTexts } from "./catalogue-texts.ts";
import type { EventTypeEntry } from "./event-types.ts";
import { TypeActivity } from "./type-activity.tsx";
import { TypeFacts, TypeSentence } from "./type-facts.tsx";
import { TypeHistory } from "./type-history.tsx";
import { Recorded } from "./type-row.tsx";
import { TypeSettings } from "./type-settings.tsx";

const words = catalogueTexts.page;
const route = getRouteApi("/app/events/$code");

export function EventTypePage() {
  const { code } = route.useParams();
  const mayRead = useMay("events.read");
  if (!mayRead) return <NotPermitted title={catalogueTexts.title} feature="events.read" />;
  return <TypeView key={code} code={code} />;
}

function TypeView({ code }: { code: string }) {
  const trpc = useTRPC();
  const types = useQuery({ ...trpc.eventTypes.list.queryOptions({}), staleTime: 10_000 });
  const back = (
    <Link to="/events" className={classes.back}>
      <ArrowLeft size={14} aria-hidden /> {catalogueTexts.back}
    </Link>
  );
  const type = types.data?.items.find((one) => one.code === code);
  if (type) return <Known type={type} back={back} />;
  return (
    <Page title={catalogueTexts.title}>
      {back}
      {types.isError ? (
        <FailureNote
          title={texts.failure.title}
          error={types.error}
          holds={texts.failure.holds}
          onRetry={() => void types.refetch()}
        />
      ) : types.isPending ? (
        <AfterDelay ms={150}>
          <div className={classes.panel} aria-busy aria-label={catalogueTexts.loading} role="status">
            {[60, 44, 68, 52, 57].map((width) => (
              <div key={width} className={classes.loadingRow}>
                <div className={states.skeleton} style={{ inlineSize: `${width}%` }} />
              </div>
            ))}
          </div>
        </AfterDelay>
      ) : (
        <EmptyState title={words.missingTitle}>{words.missing(code)}</EmptyState>
      )}
    </Page>
  );
}

function Known({ type, back }: { type: EventTypeEntry; back: ReactNode }) {
  const trpc = useTRPC();
  const navigate = useNavigate();
  const mayReadLog = useMay("audit.read");
  const [done, setDone] = useState<Receipt | null>(null);
  const [isNoted, setNoted] = useState(false);
  const activity = useQuery({ ...trpc.eventTypes.activity.queryOptions({}), staleTime: 60_000 });
  const recorded = activity.data?.items.find((item) => item.code === type.code);
  const ofThis = parseLogSearch({ code: type.code, range: "30d" });
  usePageActions(
    type.name,
    mayReadLog ? [{ label: words.events, run: () => void navigate({ to: "/log", search: ofThis }) }] : [],
  );
  return (
    <Page
      title={type.name}
      mark={
        <>
          <SeverityMark severity={type.severity} />
          <span className={classes.muted}>
            <Recorded type={type} />
          </span>
        </>
      }
      actions={
        mayReadLog ? (
          <Link to="/log" search={ofThis}>
            {words.events}
          </Link>
        ) : null
      }
    >
      {back}
      <div className={classes.stack}>
        {done && isNoted ? <ReceiptNote done={done} onDismiss={() => setNoted(false)} /> : null}
        {type.catalogue ? <p className={classes.lead}>{type.catalogue.description}</p> : null}
        <div className={classes.columns}>
          <div className={classes.stack}>
            <TypeSettings
              type={type}
              inMonth={recorded?.counts.reduce((sum, one) => sum + one, 0)}
              onSaved={(receipt) => {
                setDone(receipt);
                setNoted(true);
              }}
            />
            <TypeHistory code={type.code} newest={done?.receipt?.id ?? null} />
          </div>
          <div className={classes.stack}>
            <TypeFacts type={type} />
            <TypeSentence type={type} />
            {activity.data ? (
              <TypeActivity activity={recorded} from={activity.data.from} />
            ) : activity.isError ? (
              <FailureNote
                error={activity.error}
                holds={catalogueTexts.activityFailed}
                onRetry={() => void activity.refetch()}
              />
            ) : null}
          </div>
        </div>
      </div>
    </Page>
  );
}
