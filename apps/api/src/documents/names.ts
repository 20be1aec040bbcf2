import contentDisposition from "content-disposition";
import { text } from "../domain/fields.ts";
import { type FileType, mediaTypes } from "./media-types.ts";

/** A file's name as its owner wrote it: for people only, so nothing in it may look like a path or break a line. */
export const documentName = text(255).refine((name) => !/[/\\\p{Cc}\p{Zl}\p{Zp}]/u.test(name), {
  params: { rule: "forbidden_character" },
});

/** What kind of paper it is, in the office's own words. */
export const documentKind = text(100).refine((kind) => !/\p{Cc}/u.test(kind), {
  params: { rule: "forbidden_character" },
});

/** Whether a name ends as files of this type do, with something before it. */
export const isNamedAs = (name: string, type: FileType): boolean => {
  const dot = name.lastIndexOf(".");
  const extensions: readonly string[] = mediaTypes[type].extensions;
  return dot > 0 && extensions.includes(name.slice(dot + 1).toLowerCase());
};

/** `Content-Disposition` of a download: never shown, always saved, under this name (RFC 6266, RFC 8187). */
export const asAttachment = (name: string): string =>
  contentDisposition(name, { type: "attachment", fallback: name.replace(/[^\x20-\x7e]|%/gu, "_") });
