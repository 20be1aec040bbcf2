import { useMemo, useRef } from "react";
import type { LogEntry } from "../../api.ts";
import type { NameOf } from "./filter-words.ts";

/** Names as the rows shown so far had them, so that a filter by id reads as a name. */
export const useSeenNames = (entries: readonly LogEntry[]) => {
  const seen = useRef(new Map<string, string>());
  return useMemo(() => {
    const note = (kind: "actor" | "object", named: LogEntry["object"] | LogEntry["actor"]) => {
      if (named?.id && named.label) seen.current.set(`${kind} ${named.type}:${named.id}`, named.label);
    };
    for (const entry of entries) {
      note("actor", entry.actor);
      note("object", entry.object);
      note("object", entry.target);
    }
    const nameOf: NameOf = (kind, reference) => seen.current.get(`${kind} ${reference}`);
    const actors = [...seen.current]
      .filter(([key]) => key.startsWith("actor "))
      .map(([key, name]) => ({ reference: key.slice("actor ".length), name }));
    return { nameOf, actors };
  }, [entries]);
};
