import { useCallback, useMemo, useRef, useState } from "react";
import type { LogEntry } from "../../api.ts";
import type { NamedKind, NameOf } from "./filter-words.ts";

/** Notes what an actor, object or source is called. */
export type NoteName = (kind: NamedKind, reference: string, name: string) => void;

/** Names as what was shown so far had them, so that a filter by id reads as a name. */
export const useSeenNames = (entries: readonly LogEntry[]) => {
  const seen = useRef(new Map<string, string>());
  const [changes, setChanges] = useState(0);
  const note: NoteName = useCallback((kind, reference, name) => {
    if (seen.current.get(`${kind} ${reference}`) === name) return;
    seen.current.set(`${kind} ${reference}`, name);
    setChanges((before) => before + 1);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was noted since is to be read again
  return useMemo(() => {
    const noteOne = (kind: NamedKind, named: LogEntry["object"] | LogEntry["actor"]) => {
      if (named?.id && named.label) seen.current.set(`${kind} ${named.type}:${named.id}`, named.label);
    };
    for (const entry of entries) {
      noteOne("actor", entry.actor);
      noteOne("object", entry.object);
      noteOne("object", entry.target);
      if (entry.sourceLabel) seen.current.set(`source ${entry.source}`, entry.sourceLabel);
    }
    const nameOf: NameOf = (kind, reference) => seen.current.get(`${kind} ${reference}`);
    const actors = [...seen.current]
      .filter(([key]) => key.startsWith("actor "))
      .map(([key, name]) => ({ reference: key.slice("actor ".length), name }));
    return { nameOf, actors, note };
  }, [entries, changes, note]);
};

export type SeenNames = ReturnType<typeof useSeenNames>;
