import { type EventFormatName, eventFormats, type Sender } from "@countersign/audit/formats/index";
import type { EventRow } from "@countersign/db/events";
import { toLogEntry } from "@countersign/db/log-entry";

/** What goes out in one call at most, unless a single event is larger. */
const mostBytes = 1_048_576;

export type EventBatch = {
  body: string;
  mediaType: string;
  /** How many of the rows are in it, from the first on. */
  count: number;
};

/** The first of some events in the form that a receiver wants, as many as one call may carry. */
export const batchOf = (rows: readonly EventRow[], format: EventFormatName, sender: Sender): EventBatch => {
  const { write, batch } = eventFormats[format];
  const written: string[] = [];
  let bytes = 0;
  for (const row of rows) {
    const text = JSON.stringify(write(toLogEntry(row), sender));
    bytes += Buffer.byteLength(text) + 1;
    if (written.length > 0 && bytes > mostBytes) break;
    written.push(text);
  }
  return { body: batch.join(written), mediaType: batch.mediaType, count: written.length };
};
