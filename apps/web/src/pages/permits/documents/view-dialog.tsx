import { Modal } from "@mantine/core";
import type { Document } from "../../../api.ts";
import { useFocusBack } from "../../../components/focus-back.ts";
import { Foreign } from "../../../components/foreign.tsx";
import { DocumentPreview } from "./document-preview.tsx";

/** Shows a document without deciding about it. */
export function ViewDialog({ document, onClose }: { document: Document; onClose: () => void }) {
  useFocusBack();
  return (
    <Modal opened onClose={onClose} size="56rem" title={<Foreign text={document.name} />}>
      <DocumentPreview document={document} />
    </Modal>
  );
}
