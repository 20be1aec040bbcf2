import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import states from "../../components/states.module.css";
import { isWorthAsking, useWhilePresent } from "../../components/while-present.ts";
import { useMay } from "../../me.ts";
import { offeredKeys } from "../../proof/ledger-keys.ts";
import { trust } from "../../proof/trusted-key.ts";
import { texts } from "../../texts.ts";
import { CheckpointPanel } from "./checkpoint-panel.tsx";
import { CheckpointsPanel } from "./checkpoints-panel.tsx";
import classes from "./integrity.module.css";
import { type Status, type Watch, watchSealing } from "./integrity-state.ts";
import { integrityTexts } from "./integrity-texts.ts";
import { KeysPanel } from "./keys-panel.tsx";
import { Lamps } from "./lamps.tsx";
import { ProofFilePanel } from "./proof-file-panel.tsx";
import { ProvesPanel } from "./proves-panel.tsx";
import { RunsPanel } from "./runs-panel.tsx";
import { isUnderWay } from "./verification-runs.ts";
import { useVerify, VerifyButton, VerifyFailure } from "./verify-button.tsx";

const everyMs = 5000;
const underWayMs = 1000;

/** The state of the log, read again every 5 s while somebody is at the page; reading it is no event. */
const useStatus = () => {
  const trpc = useTRPC();
  const query = useQuery({ ...trpc.integrity.status.queryOptions(), staleTime: 0, retry: false });
  const paceMs = !query.isError && isUnderWay(query.data?.verifications ?? []) ? underWayMs : everyMs;
  useWhilePresent(paceMs, isWorthAsking(query), () => query.refetch({ cancelRefetch: false }));
  return query;
};

export function IntegrityPage() {
  const mayRead = useMay("audit.read");
  if (!mayRead) return <NotPermitted title={integrityTexts.title} feature="audit.read" />;
  return <Integrity />;
}

function Integrity() {
  const read = useStatus();
  const verifying = useVerify();
  const status = read.data;
  return (
    <Page
      title={integrityTexts.title}
      actions={status ? <VerifyButton runs={status.verifications} verifying={verifying} /> : null}
    >
      {read.isError ? (
        <div className={classes.note}>
          <FailureNote
            title={texts.failure.title}
            error={read.error}
            holds={texts.failure.holds}
            onRetry={() => void read.refetch()}
          />
        </div>
      ) : null}
      <VerifyFailure verifying={verifying} />
      {status ? <State status={status} readAtMs={read.dataUpdatedAt} isStale={read.isError} /> : null}
      {status === undefined && !read.isError ? <Loading /> : null}
    </Page>
  );
}

type StateProps = { status: Status; readAtMs: number; isStale: boolean };

function State({ status, readAtMs, isStale }: StateProps) {
  const [watched, setWatched] = useState<{ watch: Watch; atMs: number }>({ watch: null, atMs: 0 });
  if (watched.atMs !== readAtMs) {
    setWatched({ watch: watchSealing(watched.watch, status, readAtMs), atMs: readAtMs });
  }
  const offered = offeredKeys(status.keys);
  const [first] = offered;
  useEffect(() => {
    if (first !== undefined) trust.orFirstOf([first], new Date().toISOString());
  }, [first]);
  return (
    <div className={classes.stack}>
      <Lamps status={status} watch={watched.watch} readAtMs={readAtMs} isStale={isStale} />
      <div className={classes.columns}>
        <div className={classes.stack}>
          <CheckpointPanel status={status} />
          <ProofFilePanel keys={status.keys} />
          <KeysPanel keys={status.keys} offered={offered} />
        </div>
        <div className={classes.stack}>
          <RunsPanel runs={status.verifications} />
          <CheckpointsPanel keys={status.keys} />
          <ProvesPanel />
        </div>
      </div>
    </div>
  );
}

function Loading() {
  return (
    <AfterDelay ms={150}>
      <div className={classes.stack} aria-busy aria-label={integrityTexts.loading} role="status">
        {[64, 240, 160].map((height) => (
          <div key={height} className={classes.panel} style={{ blockSize: height }}>
            <div className={states.skeleton} style={{ inlineSize: "45%" }} />
          </div>
        ))}
      </div>
    </AfterDelay>
  );
}
