import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Receipt } from "../../../api.ts";
import { upload } from "../../../raw-calls.ts";
import { useNoteDocuments } from "./permit-documents.ts";

type Sent = { file: File; name: string; kind: string; mediaType: string };

/** Sends a file to a permit; leaving the page stops it. */
export const useUpload = (permitId: number, onDone: (receipt: Receipt) => void) => {
  const noteDocuments = useNoteDocuments();
  const [sent, setSent] = useState(0);
  const control = useRef<AbortController | null>(null);
  useEffect(() => () => control.current?.abort(), []);
  const sending = useMutation({
    mutationFn: async ({ file, name, kind, mediaType }: Sent) => {
      setSent(0);
      control.current = new AbortController();
      const address = `/api/permits/${permitId}/documents?${new URLSearchParams({ name, kind })}`;
      // The route answers with a receipt, as every act does.
      return (await upload(address, file, {
        mediaType,
        onSent: setSent,
        signal: control.current.signal,
      })) as Receipt;
    },
    onSuccess: onDone,
    onSettled: () => noteDocuments(),
  });
  return {
    send: sending.mutate,
    stop: () => control.current?.abort(),
    reset: sending.reset,
    isPending: sending.isPending,
    isStopped: sending.error instanceof DOMException && sending.error.name === "AbortError",
    error: sending.error,
    sent,
  };
};
