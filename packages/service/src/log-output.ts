import { fstatSync } from "node:fs";
import { Socket } from "node:net";
import pino, { type DestinationStream } from "pino";

export type LogOutput = DestinationStream & {
  /** How many lines were dropped since the last call. */
  takeDropped(): number;
  /** Called when a stalled reader has read everything that waited for it. */
  onCaughtUp(report: () => void): void;
};

/**
 * Writes lines to a descriptor without ever waiting for its reader, neither while running nor at exit: at most
 * `maxWaitingBytes` wait, what comes on top is dropped and counted. Node's own standard output blocks the whole
 * process on a full pipe, and pino's asynchronous one blocks its exit.
 */
export const openOutput = (descriptor: number, maxWaitingBytes: number): LogOutput => {
  const kind = fstatSync(descriptor);
  return kind.isFIFO() || kind.isSocket() ? openPipe(descriptor, maxWaitingBytes) : openFile(descriptor);
};

const openPipe = (descriptor: number, maxWaitingBytes: number): LogOutput => {
  const pipe = new Socket({ fd: descriptor, readable: false, writable: true });
  let dropped = 0;
  let broken = false;
  pipe.on("error", () => {
    broken = true;
  });
  pipe.unref();
  return {
    write: (line) => {
      if (broken || pipe.writableLength + line.length > maxWaitingBytes) dropped += 1;
      else pipe.write(line);
    },
    takeDropped: () => {
      const count = dropped;
      dropped = 0;
      return count;
    },
    onCaughtUp: (report) => {
      pipe.on("drain", report);
    },
  };
};

/** Files and terminals take whatever they are given. */
const openFile = (descriptor: number): LogOutput => {
  const file = pino.destination({ dest: descriptor, sync: false });
  return { write: (line) => void file.write(line), takeDropped: () => 0, onCaughtUp: () => undefined };
};
