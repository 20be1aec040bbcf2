import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import type { Document, Receipt } from "../../../api.ts";
import { ActMenu } from "../../../components/act-menu.tsx";
import { FailureNote } from "../../../components/failure-note.tsx";
import { Foreign } from "../../../components/foreign.tsx";
import { bytes, dateTime } from "../../../format.ts";
import { markedText } from "../../../marks.ts";
import { useMe } from "../../../me.ts";
import { download, saveAs } from "../../../raw-calls.ts";
import { useLostAt } from "../../../reach.ts";
import { texts } from "../../../texts.ts";
import { DocumentDialog } from "./document-dialog.tsx";
import { kindOfFile } from "./document-files.ts";
import { type DocumentAct, documentActNames, documentActs, reasonAgainst } from "./document-rules.ts";
import { DocumentState } from "./document-state.tsx";
import classes from "./documents.module.css";

const words = texts.documents;

type Props = { document: Document; onDone: (receipt: Receipt) => void };

/** One document: what it is, what was decided about it, and the acts on it. */
export function DocumentItem({ document, onDone }: Props) {
  const me = useMe();
  const isLost = useLostAt() !== null;
  const [open, setOpen] = useState<DocumentAct | null>(null);
  const close = () => setOpen(null);
  const fetching = useMutation({
    mutationFn: async () => saveAs((await download(`/api/documents/${document.id}/content`)).bytes, document.name),
  });
  const by = (who: Document["uploadedBy"]) => who?.name ?? texts.product;
  const why = (act: DocumentAct) =>
    isLost ? texts.failure.offlineReason : reasonAgainst(act, document, me?.features ?? []);
  const isOff = isLost || fetching.isPending;
  return (
    <li className={classes.document}>
      <div className={classes.head}>
        <strong className={classes.name}>
          <Foreign text={document.name} />
        </strong>
        <DocumentState state={document.state} />
      </div>
      <div className={classes.muted}>
        <Foreign text={document.kind} /> · {kindOfFile(document.mediaType)} · {bytes(document.size)}
      </div>
      <div className={classes.muted}>
        <Foreign text={words.uploadedBy(by(document.uploadedBy), dateTime(document.uploadedAt, "local"))} />
      </div>
      {document.verifiedAt ? (
        <div className={classes.muted}>
          <Foreign
            text={words.decidedBy[document.state](by(document.verifiedBy), dateTime(document.verifiedAt, "local"))}
          />
        </div>
      ) : null}
      <div className={classes.acts}>
        <Button
          variant="default"
          size="xs"
          leftSection={<Download size={14} aria-hidden />}
          aria-label={words.downloadOf(markedText(document.name))}
          data-disabled={isLost}
          aria-disabled={isOff}
          onClick={() => {
            if (!isOff) fetching.mutate();
          }}
        >
          {fetching.isPending ? words.downloading : words.download}
        </Button>
        <ActMenu
          size="xs"
          label={texts.permit.more}
          name={words.moreOf(markedText(document.name))}
          acts={documentActNames.map((act) => ({
            label: documentActs[act].verb,
            reason: why(act),
            onClick: () => setOpen(act),
          }))}
        />
      </div>
      {fetching.error ? (
        <div className={classes.failed}>
          <FailureNote title={texts.failure.saving} error={fetching.error} />
        </div>
      ) : null}
      {open === null ? null : (
        <DocumentDialog
          act={open}
          document={document}
          onClose={close}
          onDone={(receipt) => {
            close();
            onDone(receipt);
          }}
        />
      )}
    </li>
  );
}
