import { DomainError } from "../domain/domain-error.ts";
import { type ContentCheck, createEnds, isAlsoSomethingElse } from "./content-check.ts";
import { createJpegCheck } from "./jpeg.ts";
import { createPdfCheck } from "./pdf.ts";
import { createPngCheck } from "./png.ts";

type MediaType = { mediaType: string; extensions: readonly string[]; check: () => ContentCheck };

/** The kinds of file that we can tell from others; the office's setting chooses among them. */
export const mediaTypes = {
  pdf: { mediaType: "application/pdf", extensions: ["pdf"], check: createPdfCheck },
  png: { mediaType: "image/png", extensions: ["png"], check: createPngCheck },
  jpg: { mediaType: "image/jpeg", extensions: ["jpg", "jpeg"], check: createJpegCheck },
} as const satisfies Record<string, MediaType>;

export type FileType = keyof typeof mediaTypes;
export const fileTypes = Object.keys(mediaTypes) as FileType[];

/** The kind that a Content-Type header names, among those that are allowed. Throws 415 for any other. */
export const fileTypeOf = (contentType: string | undefined, allowed: readonly FileType[]): FileType => {
  const named = contentType?.toLowerCase().trim();
  const found = allowed.find((type) => mediaTypes[type].mediaType === named);
  if (found !== undefined) return found;
  const names = allowed.map((type) => mediaTypes[type].mediaType).join(", ");
  throw new DomainError(
    "media-type",
    "media_type",
    `Nothing was kept: only ${names} can be uploaded, as the body itself.`,
  );
};

/** Passes a file on and throws as soon as its bytes are seen to be empty, of another kind, or of two kinds at once. */
export const onlyOfType = async function* (
  source: AsyncIterable<Uint8Array>,
  type: FileType,
): AsyncGenerator<Uint8Array> {
  const check = mediaTypes[type].check();
  const seen = createEnds();
  for await (const chunk of source) {
    if (!check.add(chunk)) throw wrongContent(type);
    seen.add(chunk);
    yield chunk;
  }
  const ends = seen.ends();
  if (ends.head.length === 0) throw emptyFile();
  if (!check.end(ends) || isAlsoSomethingElse(ends, type === "pdf")) throw wrongContent(type);
};

/** Passes a file on and throws at the first byte too many, whatever length was announced. */
export const atMost = async function* (
  source: AsyncIterable<Uint8Array>,
  megabytes: number,
): AsyncGenerator<Uint8Array> {
  let left = megabytes * 1024 * 1024;
  for await (const chunk of source) {
    left -= chunk.length;
    if (left < 0) throw tooLarge(megabytes);
    yield chunk;
  }
};

export const tooLarge = (megabytes: number): DomainError =>
  new DomainError("too-large", "body_too_large", `Nothing was kept: a file may have at most ${megabytes} MB.`);

const wrongContent = (type: FileType): DomainError =>
  new DomainError(
    "media-type",
    "wrong_content",
    `Nothing was kept: what is in the file is not, or not only, a whole ${type.toUpperCase()}.`,
  );

const emptyFile = (): DomainError =>
  new DomainError("invalid", "empty_file", "Nothing was kept: the file is empty.", {
    fields: [{ path: "body", rule: "empty" }],
  });
