import type { ContentCheck } from "./content-check.ts";

const signature = "\x89PNG\r\n\x1a\n";
const mostBytes = 0x7fff_ffff;

/** Walks the chunks: IHDR first, some IDAT, IEND last with nothing after it (PNG, third edition, §5). */
export const createPngCheck = (): ContentCheck => {
  const header = Buffer.alloc(8);
  let filled = 0;
  let chunks = -1;
  let skip = 0;
  let hasData = false;
  let last = false;

  const readHeader = (): boolean => {
    chunks += 1;
    if (chunks === 0) return header.toString("latin1") === signature;
    const length = header.readUInt32BE(0);
    const type = header.toString("latin1", 4);
    skip = length + 4;
    hasData ||= type === "IDAT";
    last = type === "IEND";
    if (chunks === 1) return type === "IHDR" && length === 13;
    return length <= mostBytes && /^[A-Za-z]{4}$/.test(type) && (!last || (length === 0 && hasData));
  };

  return {
    add: (bytes) => {
      for (let at = 0; at < bytes.length; ) {
        if (skip > 0) {
          const passed = Math.min(skip, bytes.length - at);
          skip -= passed;
          at += passed;
          continue;
        }
        if (last) return false;
        header[filled++] = bytes[at++] ?? 0;
        if (filled < header.length) continue;
        filled = 0;
        if (!readHeader()) return false;
      }
      return true;
    },
    end: () => last && skip === 0,
  };
};
