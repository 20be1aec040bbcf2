import { type EventCode, isEventCode } from "../catalogue.ts";
import { parseInstant } from "../instant.ts";
import type { Sha256 } from "../json.ts";
import { isUuid7, uuid7 } from "../uuid7.ts";
import type { LoggedEvent } from "./logged-event.ts";

/** What the attributes of a CloudEvent (CloudEvents 1.0.2) mean here. */

/** The code that a type names, alone or behind a prefix: `permit_approve`, `org.example.permit_approve`. */
export const codeOfType = (type: string): EventCode | null => {
  const code = type.slice(type.lastIndexOf(".") + 1);
  return isEventCode(code) ? code : null;
};

/** The object that a subject `type/id` names; the id may hold further slashes. */
export const objectOfSubject = (subject: string): { type: string; id: string } | null => {
  const slash = subject.indexOf("/");
  return slash < 1 || slash === subject.length - 1
    ? null
    : { type: subject.slice(0, slash), id: subject.slice(slash + 1) };
};

const inFirst = "[\\w.~!$&'()*+,;=@-]|%[0-9A-Fa-f]{2}";
const inRest = `${inFirst}|[:/?\\[\\]]`;
const uriReference = new RegExp(
  `^(?:[A-Za-z][A-Za-z0-9+.-]*:|(?=[/?#])|(?:${inFirst})+(?=[/?#]|$))(?:${inRest})*(?:#(?:${inRest})*)?$`,
);

/** Whether a text is a URI-reference (RFC 3986 §4.1) and not empty. */
export const isUriReference = (text: string): boolean => text !== "" && uriReference.test(text);

/**
 * The event id of a CloudEvent. Its own, where that is a UUIDv7; else one made of the milliseconds of its time and of the
 * SHA-256 of source and id, which together name a CloudEvent, so that sending it again is sending the same event again.
 * Undefined without a time, or with one for which `isTaken` says that ids of it are not taken: then nothing ties the two.
 */
export const eventIdOf = (
  { id, source, time }: { id: string; source: string; time?: string | null | undefined },
  isTaken: (ms: number) => boolean,
  sha256: Sha256,
): string | undefined => {
  if (isUuid7(id)) return id;
  const ms = time == null ? undefined : parseInstant(time)?.ms;
  if (ms === undefined || !isTaken(ms)) return undefined;
  return uuid7(ms, sha256(new TextEncoder().encode(`${source}\n${id}`)));
};

/** What a code is as the type of a CloudEvent; `codeOfType` reads it back. */
const typePrefix = "countersign.";

/**
 * An event of the log as a CloudEvent in structured mode (CloudEvents 1.0.2). `origin` is the office's own address, which with
 * the id names the event; `recordedtime` is the documented extension of that name.
 */
export const toCloudEvent = (event: LoggedEvent, { origin }: { origin: string }) => {
  const { id, code, occurredAt, receivedAt, object, ...rest } = event;
  return {
    specversion: "1.0",
    id,
    source: origin,
    type: typePrefix + code,
    ...(object && { subject: `${object.type}/${object.id}` }),
    time: occurredAt,
    recordedtime: receivedAt,
    datacontenttype: "application/json",
    data: { ...(object && { object }), ...withoutNothing(rest) },
  };
};

const withoutNothing = (members: object): object =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
