import type { EventFilter } from "@countersign/audit/event-filter";
import { type EventFormatName, eventFormats, type Sender } from "@countersign/audit/formats/index";
import type { Database } from "@countersign/db/client";
import { type LogPlace, readGrown } from "@countersign/db/log-places";
import { DomainError } from "../domain/domain-error.ts";
import { toLogEntry } from "../domain/log-entry.ts";
import { placeText } from "./follow-log.ts";
import type { Follower } from "./live-log.ts";
import { endOf } from "./log-state.ts";

/** About so many bytes are ready for a reader, who asks for the next ones. */
const pieceBytes = 262_144;

export const lineLimits = { beatMs: 15_000, longestMs: 1_800_000, patienceMs: 60_000 };

export type Lines = {
  db: Database;
  follower: Follower;
  filter: EventFilter;
  format: EventFormatName;
  sender: Sender;
  from: LogPlace;
  /** Told once, when no more lines come: how many there were. */
  onEnd?: (lines: number) => void;
  /** Milliseconds between signs of life, until the end in good order, and after it for who does not read. */
  limits?: typeof lineLimits;
};

export const notInLog = (): DomainError =>
  new DomainError("conflict", "not_in_log", "There is no such place in this log, which is shorter: it was restored.");

const ofBeat = (ms: number): Promise<"beat"> => new Promise((resolve) => setTimeout(resolve, ms, "beat").unref());

type Piece = { text: string; lines: number };
const signOfLife: Piece = { text: "\n", lines: 0 };

async function* linesOf({
  db,
  follower,
  filter,
  format,
  sender,
  from,
  limits = lineLimits,
}: Lines): AsyncGenerator<Piece> {
  const { write, at } = eventFormats[format];
  const endMs = Date.now() + limits.longestMs;
  let place = from;
  let toldMs = Date.now();
  let next: ReturnType<Follower["next"]> | null = null;
  yield signOfLife;
  while (Date.now() < endMs) {
    next ??= follower.next();
    next.catch(() => undefined);
    const state = await Promise.race([next, ofBeat(limits.beatMs)]);
    if (state === null) return;
    if (state === "beat") {
      yield signOfLife;
      continue;
    }
    next = null;
    for (let isAtEnd = false; !isAtEnd && !follower.isOver() && Date.now() < endMs; ) {
      const grown = await readGrown(db, filter, place, endOf(state), Number.POSITIVE_INFINITY);
      if (grown.isBehind) throw notInLog();
      let piece: Piece = { text: "", lines: 0 };
      for (const { nextIndex, ...row } of grown.rows) {
        const cursor = placeText({ epoch: place.epoch, index: nextIndex });
        piece.text += `${JSON.stringify(at(write(toLogEntry(row), sender), cursor))}\n`;
        piece.lines += 1;
        if (piece.text.length < pieceBytes) continue;
        yield piece;
        piece = { text: "", lines: 0 };
        if (follower.isOver()) break;
      }
      if (follower.isOver()) break;
      if (piece.text === "" && Date.now() - toldMs >= limits.beatMs) piece = signOfLife;
      if (piece.text !== "") {
        yield piece;
        toldMs = Date.now();
      }
      ({ next: place, isAtEnd } = grown);
    }
  }
}

/**
 * Events of the log from a place on, a line each in the order of the tree, with the cursor from which it goes on after them.
 * Nothing is read before whoever listens asks for it. It ends with the rights of the follower, or in good order after half an hour.
 */
export const eventLines = (lines: Lines): ReadableStream<Uint8Array> => {
  const { follower, onEnd, limits = lineLimits } = lines;
  const pieces = linesOf(lines);
  const encoder = new TextEncoder();
  let isPulled = false;
  let isOver = false;
  let told = 0;
  let timer: NodeJS.Timeout | undefined;
  const finish = (): void => {
    clearTimeout(timer);
    follower.leave();
    if (isOver) return;
    isOver = true;
    onEnd?.(told);
  };
  return new ReadableStream(
    {
      start: (controller) => {
        const late = () => {
          finish();
          if (!isPulled) controller.error(new Error("nobody read on"));
        };
        timer = setTimeout(late, limits.longestMs + limits.patienceMs).unref();
      },
      pull: async (controller) => {
        isPulled = true;
        try {
          const { value, done } = await pieces.next();
          if (done) {
            finish();
            controller.close();
            return;
          }
          told += value.lines;
          controller.enqueue(encoder.encode(value.text));
        } catch (error) {
          finish();
          controller.error(error);
        } finally {
          isPulled = false;
        }
      },
      cancel: finish,
    },
    { highWaterMark: 0 },
  );
};
