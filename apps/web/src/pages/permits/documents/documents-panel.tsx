import { Button } from "@mantine/core";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { Permit, Receipt } from "../../../api.ts";
import { AfterDelay } from "../../../components/after-delay.tsx";
import { FailureNote } from "../../../components/failure-note.tsx";
import { ReasonedButton } from "../../../components/reasoned-button.tsx";
import { useMay } from "../../../me.ts";
import { useLostAt } from "../../../reach.ts";
import { texts } from "../../../texts.ts";
import panel from "../permit.module.css";
import { DocumentItem } from "./document-item.tsx";
import classes from "./documents.module.css";
import { useDocuments } from "./permit-documents.ts";
import { UploadDialog } from "./upload-dialog.tsx";

const words = texts.documents;

type Props = { permit: Permit; onDone: (receipt: Receipt) => void };

/** The documents of a permit, and the way to add one. */
export function DocumentsPanel({ permit, onDone }: Props) {
  const mayRead = useMay("documents.read");
  const mayUpload = useMay("documents.upload");
  const isLost = useLostAt() !== null;
  const [isAdding, setAdding] = useState(false);
  const reason = isLost ? texts.failure.offlineReason : mayUpload ? null : texts.notPermitted.needs("documents.upload");
  return (
    <section className={panel.panel} aria-labelledby="documents">
      <div className={panel.panelHead}>
        <h2 id="documents" className={panel.section}>
          {words.title}
        </h2>
        <ReasonedButton
          variant="default"
          size="xs"
          leftSection={<Plus size={14} aria-hidden />}
          reason={reason}
          onClick={() => setAdding(true)}
        >
          {words.add}
        </ReasonedButton>
      </div>
      {mayRead ? (
        <DocumentList permitId={permit.id} onDone={onDone} />
      ) : (
        <p className={classes.muted}>{texts.notPermitted.text("documents.read")}</p>
      )}
      {isAdding ? (
        <UploadDialog
          permit={permit}
          onClose={() => setAdding(false)}
          onDone={(receipt) => {
            setAdding(false);
            onDone(receipt);
          }}
        />
      ) : null}
    </section>
  );
}

function DocumentList({ permitId, onDone }: { permitId: number; onDone: (receipt: Receipt) => void }) {
  const query = useDocuments(permitId, true);
  const documents = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isError && documents.length === 0) {
    return (
      <div className={classes.failed}>
        <FailureNote title={texts.failure.title} error={query.error} onRetry={() => void query.refetch()} />
      </div>
    );
  }
  if (query.isPending) {
    return (
      <AfterDelay ms={150}>
        <p className={classes.muted}>{words.loading}</p>
      </AfterDelay>
    );
  }
  if (documents.length === 0) {
    return (
      <div className={classes.empty}>
        <strong>{words.emptyTitle}</strong>
        <p className={classes.muted}>{words.empty}</p>
      </div>
    );
  }
  return (
    <>
      <ul className={classes.list}>
        {documents.map((document) => (
          <DocumentItem key={document.id} document={document} onDone={onDone} />
        ))}
      </ul>
      {query.isError ? <FailureNote error={query.error} onRetry={() => void query.fetchNextPage()} /> : null}
      {query.hasNextPage && !query.isError ? (
        <Button variant="default" size="xs" onClick={() => void query.fetchNextPage()}>
          {query.isFetchingNextPage ? words.reading : words.more}
        </Button>
      ) : null}
    </>
  );
}
