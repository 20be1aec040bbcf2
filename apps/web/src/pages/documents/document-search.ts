import type { Document } from "../../api.ts";

type State = Document["state"];

/** What the address of the documents list holds. */
export type DocumentSearch = {
  q?: string;
  state?: State;
  type?: FileType;
};

export const documentStates = ["uploaded", "verified", "refused"] as const satisfies readonly State[];

/** Kinds of file that an office can allow, as the log and the server name them. */
export const fileTypes = {
  pdf: "application/pdf",
  png: "image/png",
  jpg: "image/jpeg",
} as const;
export type FileType = keyof typeof fileTypes;

const isState = (value: unknown): value is State => documentStates.some((state) => state === value);
const isType = (value: unknown): value is FileType => typeof value === "string" && Object.hasOwn(fileTypes, value);
const isText = (value: unknown) => (typeof value === "string" || typeof value === "number") && value !== "";

/** Reads the search of an address, however it was typed. */
export const parseDocumentSearch = (raw: Record<string, unknown>): DocumentSearch => ({
  ...(isText(raw.q) && { q: String(raw.q).slice(0, 256) }),
  ...(isState(raw.state) && { state: raw.state }),
  ...(isType(raw.type) && { type: raw.type }),
});

/** What `documents.listAll` is asked for. */
export const documentInput = ({ q, state, type }: DocumentSearch) => ({
  ...(q !== undefined && { search: q }),
  ...(state !== undefined && { state }),
  ...(type !== undefined && { mediaType: fileTypes[type] }),
});
