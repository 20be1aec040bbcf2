import type { EventDraft } from "./event.ts";
import type { JsonObject } from "./json.ts";

/** The closing event of a window of repeated reads: what the first one said, with how many followed, and when. */
export const closingDraft = (window: { draft: unknown; repeats: number; from: string; until: string }): EventDraft => {
  const draft = window.draft as EventDraft;
  const { repeats, from, until } = window;
  return { ...draft, request: undefined, metadata: { ...draft.metadata, count: repeats, from, until } };
};

/** How many reads after a first one an event stands for, which itself is another event; null when it stands for itself alone. */
export const repeatsOf = ({ metadata }: { metadata?: JsonObject | null | undefined }): number | null => {
  const count = metadata?.count;
  return typeof count === "number" && count > 0 && typeof metadata?.until === "string" ? count : null;
};
