import { bytes } from "../../../format.ts";
import { texts } from "../../../texts.ts";

/** Extensions and media types of the kinds of file that an office can allow. */
const kinds: Readonly<Record<string, { mediaType: string; extensions: readonly string[] }>> = {
  pdf: { mediaType: "application/pdf", extensions: ["pdf"] },
  png: { mediaType: "image/png", extensions: ["png"] },
  jpg: { mediaType: "image/jpeg", extensions: ["jpg", "jpeg"] },
};

export type FileRules = { documentMaxMb: number; documentMediaTypes: readonly string[] };

/** "PDF, PNG or JPG" */
export const kindsInWords = (types: readonly string[]): string =>
  new Intl.ListFormat("en-GB", { type: "disjunction" }).format(types.map((type) => type.toUpperCase()));

const extensionOf = (name: string): string => /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";

const extensionsOf = (type: string): readonly string[] => kinds[type]?.extensions ?? [type];

/** The media type of a file by its name; null when none of these kinds is named so. */
export const mediaTypeOf = (name: string, types: readonly string[]): string | null => {
  const type = types.find((type) => extensionsOf(type).includes(extensionOf(name)));
  return type === undefined ? null : (kinds[type]?.mediaType ?? null);
};

/** What a browser's file dialog is asked to offer. */
export const acceptOf = (types: readonly string[]): string =>
  types.flatMap((type) => extensionsOf(type).map((extension) => `.${extension}`)).join(",");

/** Why a file is not sent, in a sentence; null when it may be tried. The server decides all the same. */
export const problemOf = (file: { name: string; size: number } | null, rules: FileRules): string | null => {
  const words = texts.documents;
  if (file === null) return words.fileNeeded;
  if (mediaTypeOf(file.name, rules.documentMediaTypes) === null) {
    return words.fileType(kindsInWords(rules.documentMediaTypes));
  }
  if (file.size === 0) return words.fileEmpty;
  return file.size > rules.documentMaxMb * 1024 * 1024 ? words.fileSize(bytes(file.size), rules.documentMaxMb) : null;
};

/** "application/pdf" as "PDF". */
export const kindOfFile = (mediaType: string): string =>
  (Object.entries(kinds).find(([, kind]) => kind.mediaType === mediaType)?.[0] ?? mediaType).toUpperCase();
