/** What narrows the log. An absent or empty member does not. Times are milliseconds since 1970, from inclusive, to exclusive. */
export type EventFilter = {
  codes?: readonly string[] | undefined;
  categories?: readonly string[] | undefined;
  severities?: readonly string[] | undefined;
  statuses?: readonly string[] | undefined;
  actorType?: string | undefined;
  actorId?: string | undefined;
  objectType?: string | undefined;
  objectId?: string | undefined;
  /** Found in labels, notes, messages and the object's description, whatever its case; every character is literal. */
  text?: string | undefined;
  fromMs?: number | undefined;
  toMs?: number | undefined;
};

/** Newest first; `cursor` is the id of the last event of the page before. */
export type EventPaging = { cursor?: string | null | undefined; limit?: number | undefined };
