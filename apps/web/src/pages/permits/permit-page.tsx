import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { type Asked, type Done, failureOf, type Receipt, useTRPC } from "../../api.ts";
import { AfterDelay } from "../../components/after-delay.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { FailureNote } from "../../components/failure-note.tsx";
import { NotPermitted } from "../../components/not-permitted.tsx";
import { Page } from "../../components/page.tsx";
import { ReceiptNote } from "../../components/receipt-note.tsx";
import states from "../../components/states.module.css";
import { useMay } from "../../me.ts";
import { handReceipt, takeReceipt, useNoteDeleted, useNoteDone } from "../../receipts.ts";
import { texts } from "../../texts.ts";
import { DocumentsPanel } from "./documents/documents-panel.tsx";
import classes from "./permit.module.css";
import { PermitActions } from "./permit-actions.tsx";
import { PermitFacts } from "./permit-facts.tsx";
import { PermitHistory } from "./permit-history.tsx";
import { PermitStatus } from "./permit-status.tsx";

const route = getRouteApi("/app/permits/$id");

export function PermitPage() {
  const { id } = route.useParams();
  const mayRead = useMay("permits.read");
  if (!mayRead) return <NotPermitted title={texts.permits.title} feature="permits.read" />;
  return <PermitView key={id} permitId={Number(id)} />;
}

/** What a page shows of one permit, or of none. */
export function PermitMissing({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { reason } = failureOf(error);
  return (
    <Page title={texts.permits.title}>
      {reason === "not_found" || reason === "invalid_input" ? (
        <EmptyState title={texts.permit.missingTitle} actions={<Link to="/permits">{texts.permit.back}</Link>}>
          {texts.permit.missing}
        </EmptyState>
      ) : (
        <FailureNote title={texts.failure.title} error={error} holds={texts.failure.holds} onRetry={onRetry} />
      )}
    </Page>
  );
}

function PermitView({ permitId }: { permitId: number }) {
  const trpc = useTRPC();
  const noteDone = useNoteDone();
  const navigate = useNavigate();
  const noteDeleted = useNoteDeleted();
  const [done, setDone] = useState<Receipt | null>(() => takeReceipt(`permit:${permitId}`)?.done ?? null);
  /** The last event that the permit's own history will show. */
  const [newestKept, setNewestKept] = useState(done?.receipt?.id ?? null);
  const [isNoted, setNoted] = useState(true);
  const read = useQuery({ ...trpc.permits.read.queryOptions({ permitId }), staleTime: 10_000 });

  if (read.isError && !read.data) return <PermitMissing error={read.error} onRetry={() => void read.refetch()} />;
  if (!read.data) return <PermitLoading />;
  const { permit } = read.data;
  const note = (receipt: Receipt) => {
    setDone(receipt);
    setNoted(true);
  };
  const show = (result: Done | Asked) => {
    note(result);
    setNewestKept(result.receipt?.id ?? null);
    noteDone(result);
  };
  const showDocument = (receipt: Receipt) => {
    note(receipt);
    setNewestKept(receipt.receipt?.id ?? null);
  };
  const leave = async (receipt: Receipt) => {
    handReceipt("permits", receipt, texts.permit.deleted(permit.permitNumber));
    await navigate({ to: "/permits" });
    noteDeleted(permitId);
  };
  return (
    <Page
      title={permit.permitNumber}
      mark={<PermitStatus status={permit.status} />}
      actions={
        <PermitActions
          permit={permit}
          onDone={show}
          onDeleted={(receipt) => void leave(receipt)}
          onReadAgain={() => void read.refetch()}
        />
      }
    >
      <Link to="/permits" className={classes.back}>
        <ArrowLeft size={14} aria-hidden /> {texts.permit.back}
      </Link>
      {done && isNoted ? (
        <div className={classes.receipt}>
          <ReceiptNote done={done} onDismiss={() => setNoted(false)} />
        </div>
      ) : null}
      <div className={classes.columns}>
        <div className={classes.stack}>
          <PermitFacts permit={permit} />
          <DocumentsPanel permit={permit} onDone={showDocument} />
        </div>
        <PermitHistory permitId={permitId} newestKept={newestKept} />
      </div>
    </Page>
  );
}

function PermitLoading() {
  return (
    <Page title={texts.permits.title}>
      <AfterDelay ms={150}>
        <div className={classes.columns} aria-busy>
          <div className={classes.panel}>
            {[70, 55, 62, 48, 66].map((width) => (
              <div key={width} className={classes.loadingFact}>
                <div className={states.skeleton} style={{ inlineSize: `${width}%` }} />
              </div>
            ))}
          </div>
          <div className={classes.panel}>
            {[80, 64, 72].map((width) => (
              <div key={width} className={classes.loadingFact}>
                <div className={states.skeleton} style={{ inlineSize: `${width}%` }} />
              </div>
            ))}
          </div>
        </div>
      </AfterDelay>
    </Page>
  );
}
