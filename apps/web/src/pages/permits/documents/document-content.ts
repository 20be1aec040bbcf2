import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Document } from "../../../api.ts";
import { download } from "../../../raw-calls.ts";

const shownAs: Readonly<Record<string, "image" | "pdf">> = {
  "image/png": "image",
  "image/jpeg": "image",
  "application/pdf": "pdf",
};

/** How a page shows a file of this media type; null where it can only be saved. */
export const shownKind = (mediaType: string, hasPdfViewer: boolean): "image" | "pdf" | null => {
  const kind = shownAs[mediaType] ?? null;
  return kind === "pdf" && !hasPdfViewer ? null : kind;
};

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Whether bytes have this SHA-256; null where the browser computes none, as outside of https. */
export const hasHash = async (bytes: Blob, sha256: string): Promise<boolean | null> =>
  globalThis.crypto?.subtle === undefined
    ? null
    : hex(await crypto.subtle.digest("SHA-256", await bytes.arrayBuffer())) === sha256;

/** The file of a document, and whether it is what was uploaded. To fetch it is recorded, so it is fetched once for what is opened shortly after. */
export const useContent = ({ id, sha256, mediaType }: Document) =>
  useQuery({
    queryKey: ["document-content", id, sha256],
    queryFn: async () => {
      const { bytes } = await download(`/api/documents/${id}/content`);
      // The type is the register's, never one that a page could run.
      return { bytes: bytes.slice(0, bytes.size, mediaType), isSame: await hasHash(bytes, sha256) };
    },
    gcTime: 10_000,
  });

/** An address of bytes for as long as they are shown. */
export const useAddressOf = (bytes: Blob | undefined): string | null => {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (bytes === undefined) return;
    const made = URL.createObjectURL(bytes);
    setAddress(made);
    return () => {
      setAddress(null);
      URL.revokeObjectURL(made);
    };
  }, [bytes]);
  return address;
};
