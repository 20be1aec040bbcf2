import { useMutation } from "@tanstack/react-query";
import { type Document, type Receipt, useTRPCClient } from "../../../api.ts";
import { ActDialog } from "../../../components/act-dialog.tsx";
import { givenReason } from "../../../components/given-reason.ts";
import { DocumentPreview } from "./document-preview.tsx";
import { type DocumentAct, documentActs } from "./document-rules.ts";
import { useNoteDocuments } from "./permit-documents.ts";

type Client = ReturnType<typeof useTRPCClient>["documents"];
type Target = { documentId: number; version: number; askApproval?: true };

const runs: Record<DocumentAct, (documents: Client, target: Target, reason: string) => Promise<Receipt>> = {
  accept: (documents, target, reason) =>
    documents.verify.mutate({ ...target, decision: "accepted", ...givenReason(reason) }),
  refuse: (documents, target, reason) => documents.verify.mutate({ ...target, decision: "refused", reason }),
  delete: (documents, target, reason) => documents.delete.mutate({ ...target, reason }),
};

type Props = { act: DocumentAct; document: Document; onClose: () => void; onDone: (receipt: Receipt) => void };

/** Confirms an act on a document. */
export function DocumentDialog({ act, document, onClose, onDone }: Props) {
  const client = useTRPCClient();
  const noteDocuments = useNoteDocuments();
  const { title, effect, verb, needsReason, isDecision } = documentActs[act];
  const change = useMutation({
    mutationFn: ({ reason, ...wish }: { reason: string; askApproval?: true }) =>
      runs[act](client.documents, { documentId: document.id, version: document.version, ...wish }, reason),
    onSuccess: (receipt) => {
      onDone(receipt);
      return noteDocuments();
    },
  });
  return (
    <ActDialog
      title={title(document.name)}
      effect={effect(document.permit.permitNumber)}
      verb={verb}
      event={act === "delete" ? "document_delete" : "document_verify"}
      needsReason={needsReason}
      error={change.error}
      isWorking={change.isPending}
      {...(isDecision && { beside: <DocumentPreview document={document} /> })}
      onClose={onClose}
      onAct={(reason, wish) => change.mutate({ reason, ...wish })}
      onReadAgain={() => {
        change.reset();
        void noteDocuments();
      }}
    />
  );
}
