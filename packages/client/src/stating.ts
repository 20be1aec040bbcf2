import { checkJson, jsonLimits } from "@countersign/audit/json-limits";
import { utf8Length } from "@countersign/audit/utf8";
import { RefusedError } from "./not-recorded.ts";
import type { StatedEvent } from "./stated-event.ts";

/** The server takes 112 KiB of free text an event; with names and references nothing sound is longer than this. */
const eventBytes = 256 * 1024;
/** A body may have 32 levels, and an event lies below three of them. */
const limits = { ...jsonLimits, depth: jsonLimits.depth - 3 };

/** An event as the text that is sent, with id and time; throws a RefusedError for what no server could take. */
export const stateEvent = (
  given: StatedEvent,
  { now, nextId }: { now: () => number; nextId: () => string },
): { text: string; bytes: number } => {
  const event = {
    ...given,
    id: given.id ?? nextId(),
    occurredAt: given.occurredAt ?? new Date(now()).toISOString(),
  };
  const problem = checkJson(event, limits);
  if (problem !== null) {
    const where = problem.path === "" ? "" : ` at ${problem.path}`;
    throw new RefusedError(`Not recorded: the event breaks the rule ${problem.rule}${where}.`, {
      reason: "invalid_input",
      event,
      fields: [problem],
    });
  }
  const text = JSON.stringify(event);
  const bytes = utf8Length(text);
  if (bytes <= eventBytes) return { text, bytes };
  throw new RefusedError(`Not recorded: the event takes ${bytes} bytes; ${eventBytes} are the most.`, {
    reason: "event_too_large",
    event,
  });
};
