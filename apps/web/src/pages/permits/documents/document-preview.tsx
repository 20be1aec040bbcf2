import { Button } from "@mantine/core";
import { Download, FileCheck, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { Document } from "../../../api.ts";
import { FailureNote } from "../../../components/failure-note.tsx";
import { markedText } from "../../../marks.ts";
import { saveAs } from "../../../raw-calls.ts";
import { shownKind, useAddressOf, useContent } from "./document-content.ts";
import { DocumentHash } from "./document-hash.tsx";
import classes from "./documents.module.css";
import { previewTexts as words } from "./preview-texts.ts";

/** Shows the file of a document, and whether it is the one that was uploaded. */
export function DocumentPreview({ document }: { document: Document }) {
  const content = useContent(document);
  const address = useAddressOf(content.data?.bytes);
  if (content.isError) return <FailureNote error={content.error} onRetry={() => void content.refetch()} />;
  return (
    <div className={classes.preview}>
      <div className={classes.sheet} aria-busy={content.isPending}>
        {content.data && address !== null ? (
          <Shown document={document} address={address} />
        ) : (
          <p role="status">{words.fetching}</p>
        )}
      </div>
      {content.data ? (
        <>
          <Check isSame={content.data.isSame} />
          <div className={classes.muted}>
            {words.hash} <DocumentHash document={document} />
          </div>
          <div>
            <Button
              variant="default"
              size="xs"
              leftSection={<Download size={14} aria-hidden />}
              onClick={() => saveAs(content.data.bytes, document.name)}
            >
              {words.download}
            </Button>
          </div>
        </>
      ) : null}
      <p className={classes.muted}>{words.recorded}</p>
    </div>
  );
}

function Shown({ document: { name, mediaType }, address }: { document: Document; address: string }) {
  const [isBroken, setBroken] = useState(false);
  const kind = shownKind(mediaType, navigator.pdfViewerEnabled);
  if (kind === null || isBroken) return <p>{isBroken ? words.broken : words.notShown}</p>;
  const title = words.page(markedText(name));
  if (kind === "pdf") return <iframe className={classes.paper} src={`${address}#navpanes=0`} title={title} />;
  return <img className={classes.image} src={address} alt={title} onError={() => setBroken(true)} />;
}

function Check({ isSame }: { isSame: boolean | null }) {
  const Icon = isSame === false ? TriangleAlert : FileCheck;
  return (
    <p className={classes.check} role={isSame === false ? "alert" : "status"}>
      <Icon className={classes.checkIcon} size={16} data-differs={isSame === false} aria-hidden />
      {isSame === false ? words.differs : isSame ? words.same : words.serverSame}
    </p>
  );
}
