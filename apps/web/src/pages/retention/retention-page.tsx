import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { failureOf, type Receipt, useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { usePageKeys } from "../../components/page-keys.ts";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import states from "../../components/states.module.css";
import { useMay } from "../../me.ts";
import { texts } from "../../texts.ts";
import { ErasureLead } from "./erasure-lead.tsx";
import { HoldsPanel } from "./holds-panel.tsx";
import { PoliciesPanel } from "./policies-panel.tsx";
import { PreviewPanel } from "./preview-panel.tsx";
import classes from "./retention.module.css";
import { retentionTexts as words } from "./retention-texts.ts";
import { RunButton } from "./run-button.tsx";
import { RunsPanel } from "./runs-panel.tsx";
import { ScheduleLight } from "./schedule-light.tsx";

const route = getRouteApi("/app/retention");
const idleMs = 30_000;
const openMs = 2000;

/** The state of retention, read again while the page is seen: often while a run is under way. */
const useStatus = () => {
  const trpc = useTRPC();
  return useQuery({
    ...trpc.retention.status.queryOptions(),
    staleTime: 0,
    retry: false,
    refetchInterval: ({ state }) => {
      if (state.status === "error") return failureOf(state.error).reason === "unreachable" ? idleMs : false;
      return state.data?.open ? openMs : idleMs;
    },
  });
};

export function RetentionPage() {
  const mayRead = useMay("retention.read");
  if (!mayRead) return <NotPermitted title={words.title} feature="retention.read" />;
  return <Retention />;
}

function Retention() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const read = useStatus();
  const status = read.data;
  const [done, setDone] = useState<{ receipt: Receipt; sentence: string | null } | null>(null);
  const refresh = () => void queries.invalidateQueries(trpc.retention.pathFilter());
  usePageKeys({ r: refresh });
  const show = (receipt: Receipt, sentence: string | null = null) => {
    setDone({ receipt, sentence });
    queries.removeQueries({ ...trpc.audit.pathFilter(), type: "inactive" });
    refresh();
  };
  const shownRun = route.useSearch().run ?? null;
  const openRun = status?.open?.id ?? null;
  return (
    <Page
      title={words.title}
      actions={
        status ? <RunButton isOpen={openRun !== null} onDone={(receipt) => show(receipt, words.run.sentence)} /> : null
      }
    >
      <div className={classes.stack}>
        {read.isError ? (
          <FailureNote
            title={texts.failure.title}
            error={read.error}
            holds={texts.failure.holds}
            onRetry={() => void read.refetch()}
          />
        ) : null}
        {done ? <ReceiptNote done={done.receipt} sentence={done.sentence} onDismiss={() => setDone(null)} /> : null}
        {status ? (
          <>
            <ScheduleLight status={status} />
            <PoliciesPanel policies={status.policies} />
            <PreviewPanel />
            <HoldsPanel onDone={show} />
            <RunsPanel openRun={openRun} shownRun={shownRun} />
            <ErasureLead />
          </>
        ) : null}
        {status === undefined && !read.isError ? <Loading /> : null}
      </div>
    </Page>
  );
}

function Loading() {
  return (
    <AfterDelay ms={150}>
      <div className={classes.stack} aria-busy aria-label={words.loading} role="status">
        {[76, 290, 240, 180].map((height) => (
          <div key={height} className={classes.panel} style={{ blockSize: height }}>
            <div className={states.skeleton} style={{ inlineSize: "45%" }} />
          </div>
        ))}
      </div>
    </AfterDelay>
  );
}
