import { type EventType, eventTypes, isEventCode, type Status } from "./catalogue.ts";
import type { Changes } from "./changes.ts";
import { features, isFeature } from "./features.ts";
import { filterWords, isMembers } from "./filter-words.ts";
import type { JsonObject } from "./json.ts";
import { repeatsOf } from "./repeats.ts";
import {
  actorName,
  changesWords,
  isText,
  lifeWord,
  longestText,
  memberWords,
  type Named,
  nameOf,
  shorten,
  valueWords,
} from "./sentence-words.ts";

/** What a sentence is made of: an event as the log answers it. `code` may be one that the catalogue no longer has. */
export type SentenceEntry = {
  code: string;
  status: Status;
  actor: Named;
  object?: Named | null | undefined;
  target?: Named | null | undefined;
  changes?: Changes | null | undefined;
  /** The reason that was given. */
  notes?: string | null | undefined;
  errorMessage?: string | null | undefined;
  ip?: string | null | undefined;
  /** Values of the other placeholders: `count`, `format`, `filter`, `repeats`, … */
  metadata?: JsonObject | null | undefined;
};

/** A piece to draw: plain text, a name that may link (`type`, `id`), the changes, or another value. */
export type SentencePart =
  | { kind: "text"; text: string }
  | { kind: "actor" | "object" | "target"; text: string; type: string; id?: string }
  | { kind: "change" | "value"; text: string };

const outcomes: Record<Status, (attempt: string) => string> = {
  success: (attempt) => attempt,
  failed: (attempt) => `{actor} tried to ${attempt}[: {error}]`,
  denied: (attempt) => `{actor} was refused permission to ${attempt}`,
  pending: (attempt) => `{actor} asked to ${attempt}; not done yet`,
};

const reference = (kind: "actor" | "object" | "target", named: Named, text: string): SentencePart => ({
  kind,
  text,
  type: named.type,
  ...(isText(named.id) && { id: named.id }),
});

const value = (kind: "change" | "value", text: string | null | undefined): SentencePart | null =>
  isText(text) ? { kind, text } : null;

const ofMetadata = (entry: SentenceEntry, name: string): SentencePart | null => {
  const found = entry.metadata?.[name];
  if (found === undefined || found === null) return null;
  return value("value", isMembers(found) ? shorten(filterWords(found, memberWords), longestText) : valueWords(found));
};

const placeholders: Record<string, (entry: SentenceEntry) => SentencePart | null> = {
  actor: ({ actor }) => reference("actor", actor, actorName(actor)),
  object: ({ object }) => (object ? reference("object", object, nameOf(object)) : null),
  target: ({ target }) => (target ? reference("target", target, nameOf(target)) : null),
  changes: ({ changes }) => value("change", changesWords(changes)),
  made: ({ changes, metadata }) => {
    const act = metadata?.act;
    return { kind: "text", text: isText(act) ? `${act} through` : (lifeWord(changes) ?? "changed") };
  },
  reason: ({ notes }) => value("value", notes && shorten(notes, longestText)),
  error: ({ errorMessage }) => value("value", errorMessage && shorten(errorMessage, longestText)),
  code: ({ code }) => value("value", code.replaceAll("_", " ")),
  ip: ({ ip }) => value("value", ip),
  right: ({ metadata }) => {
    const feature = metadata?.feature;
    if (typeof feature !== "string" || !isFeature(feature)) return null;
    const words = features[feature];
    return value("value", words.charAt(0).toLowerCase() + words.slice(1));
  },
  repeats: (entry) => {
    const repeats = repeatsOf(entry);
    if (repeats !== null) return value("value", repeats === 1 ? "once more" : `${repeats} more times`);
    const count = entry.metadata?.count;
    return typeof count === "number" && count > 1 ? value("value", `${count} times`) : null;
  },
};

const partOf = (name: string, entry: SentenceEntry): SentencePart | null =>
  (Object.hasOwn(placeholders, name) ? placeholders[name]?.(entry) : ofMetadata(entry, name)) ?? null;

/** What stands for a placeholder without a value outside square brackets. */
const missing: Record<string, string> = {
  object: "something",
  target: "somebody",
  count: "some",
  format: "a file",
  request: "do something",
  right: "call something",
  decision: "decided",
  result: "no result",
  duration: "a while",
  position: "an unknown position",
  anchor: "an unknown position",
};

const standIn = (name: string, type: EventType | null): string => {
  const named = name === "object" ? type?.objectType : name === "target" ? type?.targetType : null;
  return named && named !== "any" ? nameOf({ type: named }) : (missing[name] ?? name);
};

/** The pieces of a template without square brackets; an optional one is empty when a value is wanting. */
const fill = (template: string, entry: SentenceEntry, type: EventType | null, isOptional: boolean): SentencePart[] => {
  const parts: SentencePart[] = [];
  for (const piece of template.split(/(\{\w+\})/)) {
    if (!piece.startsWith("{")) {
      if (piece !== "") parts.push({ kind: "text", text: piece });
      continue;
    }
    const name = piece.slice(1, -1);
    const part = partOf(name, entry);
    if (part === null && isOptional) return [];
    parts.push(part ?? { kind: "text", text: standIn(name, type) });
  }
  return parts;
};

const joinTexts = (parts: readonly SentencePart[]): SentencePart[] => {
  const joined: SentencePart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.kind === "text" && last?.kind === "text")
      joined[joined.length - 1] = { kind: "text", text: last.text + part.text };
    else joined.push(part);
  }
  return joined;
};

const unknownAct = "“{code}”[ on {object}]";

const templateOf = ({ status }: SentenceEntry, type: EventType | null): string => {
  if (status === "success") return type?.sentence ?? `{actor} did ${unknownAct}`;
  return outcomes[status](type?.attempt ?? `do ${unknownAct}`);
};

/** A sentence begins with a capital unless it begins with somebody's or something's own name. */
const capitalise = (parts: SentencePart[], entry: SentenceEntry): SentencePart[] => {
  const [first, ...rest] = parts;
  if (first === undefined) return parts;
  const named = first.kind === "actor" || first.kind === "object" || first.kind === "target" ? entry[first.kind] : null;
  return isText(named?.label)
    ? parts
    : [{ ...first, text: first.text.slice(0, 1).toUpperCase() + first.text.slice(1) }, ...rest];
};

const fillTemplate = (template: string, entry: SentenceEntry, type: EventType | null): SentencePart[] =>
  // An optional part never holds another one.
  template
    .split(/(\[[^\]]*\])/)
    .flatMap((piece) =>
      piece.startsWith("[") ? fill(piece.slice(1, -1), entry, type, true) : fill(piece, entry, type, false),
    );

/** The sentence of an event in pieces, in the words of the catalogue and with the names of the time. */
export const sentenceOf = (entry: SentenceEntry): SentencePart[] => {
  const type = isEventCode(entry.code) ? eventTypes[entry.code] : null;
  const parts = fillTemplate(templateOf(entry, type), entry, type);
  return capitalise(joinTexts(parts), entry);
};

/** The same as one text. */
export const sentenceText = (entry: SentenceEntry): string =>
  sentenceOf(entry)
    .map((part) => part.text)
    .join("");

/** What an act is, after "asked to": "delete P-2026-000041". */
export const attemptText = (entry: Omit<SentenceEntry, "status">): string => {
  const type = isEventCode(entry.code) ? eventTypes[entry.code] : null;
  return fillTemplate(type?.attempt ?? `do ${unknownAct}`, { ...entry, status: "pending" }, type)
    .map((part) => part.text)
    .join("");
};
