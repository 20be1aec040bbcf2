import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from "node:fs";
import { join } from "node:path";

const LIMIT_BYTES = 10 * 1024 * 1024;

/** A log that keeps at most twice 10 MB: when full, it becomes `NAME.log.old`. A full disk loses lines, never the writer. */
export function openLogFile(folder: string, name: string): (chunk: Buffer) => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${name}.log`);
  let size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  let stream = open(path);
  return (chunk) => {
    if (size > LIMIT_BYTES) {
      stream.end();
      renameSync(path, `${path}.old`);
      stream = open(path);
      size = 0;
    }
    size += chunk.length;
    if (stream.writableLength < LIMIT_BYTES) stream.write(chunk);
  };
}

function open(path: string): WriteStream {
  const stream = createWriteStream(path, { flags: "a", mode: 0o600 });
  stream.on("error", () => undefined);
  return stream;
}
