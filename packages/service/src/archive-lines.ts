import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { DetailsLine, LeafLine } from "@countersign/audit/ledger/archive";

/** A file that is no archive, or was cut; the message is a sentence. */
export class UnreadableArchive extends Error {
  override name = "UnreadableArchive";
}

/** The lines of a gzipped text that are not empty. Throws `UnreadableArchive`. */
export async function* textLines(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const unzipped = createGunzip();
  let failure: NodeJS.ErrnoException | null = null;
  unzipped.on("error", (error) => {
    failure ??= error;
  });
  source.on("error", (error) => unzipped.destroy(error));
  source.pipe(unzipped);
  const unreadable = (error: NodeJS.ErrnoException) =>
    new UnreadableArchive(`${file} cannot be read as an archive (${error.code ?? error.message}).`);
  try {
    for await (const line of createInterface({ input: unzipped, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line !== "") yield line;
    }
  } catch (error) {
    throw unreadable(error as NodeJS.ErrnoException);
  } finally {
    source.destroy();
  }
  if (failure !== null) throw unreadable(failure);
}

const readLine = <Line extends object>(file: string, text: string, texts: readonly (keyof Line & string)[]): Line => {
  try {
    const line = JSON.parse(text) as Record<string, unknown>;
    if (typeof line.index === "number" && texts.every((name) => typeof line[name] === "string")) return line as Line;
  } catch {
    // Told below, like any other line that is none.
  }
  throw new UnreadableArchive(`${file} has a line that is none of an archive: ${text.slice(0, 60)}`);
};

/** The leaves of an archive. Throws `UnreadableArchive`. */
export async function* leafLines(file: string): AsyncGenerator<LeafLine> {
  for await (const text of textLines(file)) yield readLine<LeafLine>(file, text, ["id", "leaf"]);
}

/** The details of an archive. Throws `UnreadableArchive`. */
export async function* detailsLines(file: string): AsyncGenerator<DetailsLine> {
  for await (const text of textLines(file)) yield readLine<DetailsLine>(file, text, ["details", "salt"]);
}
