/** The first and the last bytes of a file; both are all of it when it is short. */
export type Ends = { head: Buffer; tail: Buffer };

/** Judges the bytes of one file as they come by; false means that it is not what it should be. */
export type ContentCheck = { add: (chunk: Uint8Array) => boolean; end: (ends: Ends) => boolean };

const headBytes = 1024;
/** The longest end of a ZIP archive: its 22 bytes and a comment. */
const tailBytes = 22 + 65_535;

/** Keeps the two ends of what comes by. */
export const createEnds = () => {
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  return {
    add: (chunk: Uint8Array): void => {
      if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)]);
      tail = Buffer.from(Buffer.concat([tail, chunk]).subarray(-tailBytes));
    },
    ends: (): Ends => ({ head, tail }),
  };
};

const markup = /<(?:!doctype|html|head|body|script|iframe|svg|\?php)/i;
const zipEnd = Buffer.from([0x50, 0x4b, 0x05, 0x06, 0, 0, 0, 0]);

/**
 * Whether a file could also be read as something else: as a page or a PDF by what stands near its start (PDF readers
 * look for theirs in the first 1024 bytes), or as a ZIP archive, which is found from its end.
 */
export const isAlsoSomethingElse = ({ head, tail }: Ends, isPdf: boolean): boolean =>
  markup.test(head.toString("latin1")) || (!isPdf && head.includes("%PDF-")) || tail.includes(zipEnd);
