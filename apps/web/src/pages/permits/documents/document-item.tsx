import { useState } from "react";
import type { Document, Receipt } from "../../../api.ts";
import { FailureNote } from "../../../components/failure-note.tsx";
import { Foreign } from "../../../components/foreign.tsx";
import { bytes, dateTime } from "../../../format.ts";
import { usePreferences } from "../../../preferences.ts";
import { texts } from "../../../texts.ts";
import { DocumentButtons } from "./document-buttons.tsx";
import { kindOfFile } from "./document-files.ts";
import { DocumentHash } from "./document-hash.tsx";
import { DocumentState } from "./document-state.tsx";
import classes from "./documents.module.css";
import { previewTexts } from "./preview-texts.ts";

const words = texts.documents;

type Props = { document: Document; onDone: (receipt: Receipt) => void };

/** One document: what it is, what was decided about it, and the acts on it. */
export function DocumentItem({ document, onDone }: Props) {
  const { zone } = usePreferences();
  const [failure, setFailure] = useState<unknown>(null);
  const by = (who: Document["uploadedBy"]) => who?.name ?? texts.product;
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
        {previewTexts.hash} <DocumentHash document={document} />
      </div>
      <div className={classes.muted}>
        <Foreign text={words.uploadedBy(by(document.uploadedBy), dateTime(document.uploadedAt, zone))} />
      </div>
      {document.verifiedAt ? (
        <div className={classes.muted}>
          <Foreign
            text={words.decidedBy[document.state](by(document.verifiedBy), dateTime(document.verifiedAt, zone))}
          />
        </div>
      ) : null}
      <div className={classes.acts}>
        <DocumentButtons document={document} onDone={onDone} onFailed={setFailure} />
      </div>
      {failure ? (
        <div className={classes.failed}>
          <FailureNote title={texts.failure.saving} error={failure} />
        </div>
      ) : null}
    </li>
  );
}
