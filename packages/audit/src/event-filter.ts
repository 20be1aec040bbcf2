/** Values one of which an event has; of a field that is absent or empty, any. */
export type EventLists = {
  codes?: readonly string[] | undefined;
  categories?: readonly string[] | undefined;
  severities?: readonly string[] | undefined;
  statuses?: readonly string[] | undefined;
  /** `user:3`, or a kind of actor alone: `anonymous`. */
  actors?: readonly string[] | undefined;
  /** `permit:41`, or a type alone: `permit`. */
  objects?: readonly string[] | undefined;
  /** The second party of the act, written like an object. */
  targets?: readonly string[] | undefined;
  /** Roles that the actor held at the time, by the names of the time. */
  roles?: readonly string[] | undefined;
  /** Addresses, or networks like `10.20.0.0/16`, from which the act came. */
  networks?: readonly string[] | undefined;
  sources?: readonly string[] | undefined;
};

/** What narrows the log. An absent or empty member does not. Times are milliseconds since 1970, from inclusive, to exclusive. */
export type EventFilter = EventLists & {
  /** What an event must not have. */
  not?: EventLists | undefined;
  actorType?: string | undefined;
  actorId?: string | undefined;
  objectType?: string | undefined;
  objectId?: string | undefined;
  requestId?: string | undefined;
  /** Found in labels, notes, messages and the object's description, whatever its case; every character is literal. */
  text?: string | undefined;
  fromMs?: number | undefined;
  toMs?: number | undefined;
};

/** Newest first; `cursor` is the id of the last event of the page before. */
export type EventPaging = { cursor?: string | null | undefined; limit?: number | undefined };

/** The two parts of `type:id`, or a type alone. */
export const splitReference = (reference: string): { type: string; id: string | null } => {
  const at = reference.indexOf(":");
  return at < 0 ? { type: reference, id: null } : { type: reference.slice(0, at), id: reference.slice(at + 1) };
};
