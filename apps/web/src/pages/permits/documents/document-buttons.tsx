import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Download, Eye } from "lucide-react";
import { useState } from "react";
import type { Document, Receipt } from "../../../api.ts";
import { ActMenu } from "../../../components/act-menu.tsx";
import { markedText } from "../../../marks.ts";
import { useMe } from "../../../me.ts";
import { download, saveAs } from "../../../raw-calls.ts";
import { useLostAt } from "../../../reach.ts";
import { texts } from "../../../texts.ts";
import { DocumentDialog } from "./document-dialog.tsx";
import { type DocumentAct, documentActNames, documentActs, reasonAgainst } from "./document-rules.ts";
import { previewTexts } from "./preview-texts.ts";
import { ViewDialog } from "./view-dialog.tsx";

const words = texts.documents;

type Props = {
  document: Document;
  onDone: (receipt: Receipt) => void;
  /** A download that failed; null once another one is tried. */
  onFailed: (error: unknown) => void;
};

/** What can be done with a document: fetch it, and the acts on it. */
export function DocumentButtons({ document, onDone, onFailed }: Props) {
  const me = useMe();
  const isLost = useLostAt() !== null;
  const [open, setOpen] = useState<DocumentAct | "view" | null>(null);
  const close = () => setOpen(null);
  const fetching = useMutation({
    mutationFn: async () => saveAs((await download(`/api/documents/${document.id}/content`)).bytes, document.name),
    onMutate: () => onFailed(null),
    onError: onFailed,
  });
  const why = (act: DocumentAct) =>
    isLost ? texts.failure.offlineReason : reasonAgainst(act, document, me?.features ?? []);
  const isOff = isLost || fetching.isPending;
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<Eye size={14} aria-hidden />}
        aria-label={previewTexts.viewOf(markedText(document.name))}
        data-disabled={isLost}
        aria-disabled={isLost}
        onClick={() => {
          if (!isLost) setOpen("view");
        }}
      >
        {previewTexts.view}
      </Button>
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
      {open === "view" ? <ViewDialog document={document} onClose={close} /> : null}
      {open === null || open === "view" ? null : (
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
    </>
  );
}
