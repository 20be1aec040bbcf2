import type { StatedEvent } from "./stated-event.ts";

type Facts = { reason: string; event: StatedEvent; fields?: readonly { path: string; rule: string }[] };

/** An event that was not recorded. `reason` and `fields` are for programs, the message for people. */
export class NotRecordedError extends Error {
  override name = "NotRecordedError";
  readonly reason: string;
  readonly event: StatedEvent;
  readonly fields: readonly { path: string; rule: string }[];
  constructor(message: string, { reason, event, fields = [] }: Facts) {
    super(message);
    this.reason = reason;
    this.event = event;
    this.fields = fields;
  }
}

/** The event can never be recorded as it is: the server says so, or it is known here already. */
export class RefusedError extends NotRecordedError {
  override name = "RefusedError";
}

/** As many events wait to be answered as the buffer may hold; this one was not taken. */
export class BufferFullError extends NotRecordedError {
  override name = "BufferFullError";
}

/** The recorder was closed before; this event was not taken. */
export class ClosedError extends NotRecordedError {
  override name = "ClosedError";
}

/** The recorder was closed before an answer came: it may be recorded or not. `close` handed the event back. */
export class UnansweredError extends NotRecordedError {
  override name = "UnansweredError";
}
