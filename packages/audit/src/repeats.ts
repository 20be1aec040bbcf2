import type { EventDraft } from "./event.ts";

/** The closing event of a window of repeated reads: what the first one said, with how many followed, and when. */
export const closingDraft = (window: { draft: unknown; repeats: number; from: string; until: string }): EventDraft => {
  const draft = window.draft as EventDraft;
  const { repeats, from, until } = window;
  return { ...draft, request: undefined, metadata: { ...draft.metadata, count: repeats, from, until } };
};
