import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { LeafLine } from "@countersign/audit/ledger/archive";

/** The lines of a gzipped text. Throws what is wrong with the file. */
export async function* textLines(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const unzipped = createGunzip();
  source.on("error", (error) => unzipped.destroy(error));
  source.pipe(unzipped);
  let failure: Error | null = null;
  unzipped.on("error", (error) => {
    failure = error;
  });
  try {
    for await (const line of createInterface({ input: unzipped, crlfDelay: Number.POSITIVE_INFINITY }))
      if (line !== "") yield line;
  } finally {
    source.destroy();
  }
  if (failure !== null) throw failure;
}

export async function* leafLines(file: string): AsyncGenerator<LeafLine> {
  for await (const line of textLines(file)) yield JSON.parse(line) as LeafLine;
}
