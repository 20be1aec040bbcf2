import type { CustomerEventCode, eventTypes, ObjectTypeOf, Status, TargetTypeOf } from "./catalogue.ts";
import type { Changes } from "./changes.ts";
import type { Actor, EventDraft, Reference, RequestFacts } from "./draft.ts";
import type { EventFilter, EventPaging } from "./event-filter.ts";
import type { Receipt } from "./recorder.ts";

/** Events about objects of one type. */
type CodeAbout<Type> = {
  [Code in CustomerEventCode]: (typeof eventTypes)[Code]["objectType"] extends Type ? Code : never;
}[CustomerEventCode];
export type PermitEventCode = CodeAbout<"permit">;
export type UserEventCode = CodeAbout<"user">;

/** A user as known at the moment of the act. */
export type LogUser = {
  id: number | string;
  name?: string | undefined;
  roles?: readonly string[] | undefined;
};
export type LogPermit = { id: number | string; permitNumber?: string | undefined };

/** What can be said of any act; success unless said otherwise. */
type Told<Code extends CustomerEventCode> = {
  status?: Exclude<Status, "pending"> | undefined;
  errorMessage?: string | undefined;
  changes?: Changes | undefined;
  notes?: string | undefined;
  request?: RequestFacts | undefined;
  /** The second party, of events that have one. */
  target?: Reference<TargetTypeOf<Code>> | undefined;
};

type About<Code extends CustomerEventCode> =
  | { contentType: ObjectTypeOf<Code>; objectId: number | string }
  | { contentType?: undefined; objectId?: undefined };

export type LoggerPorts<Tx, Page> = {
  /** Milliseconds since 1970. */
  now: () => number;
  /** Keeps an event in the transaction; null when its type is switched off. */
  keep: <Code extends CustomerEventCode>(tx: Tx, draft: EventDraft<Code>) => Receipt | null;
  list: (tx: Tx, filter: EventFilter, paging: EventPaging) => Promise<Page>;
};

const dayMs = 86_400_000;
const nobody: Actor = { type: "anonymous" };

const actorOf = (user: LogUser | null | undefined): Actor =>
  user == null ? nobody : { type: "user", id: String(user.id), label: user.name, roles: user.roles };

/**
 * Records and finds events from code of our own, in the caller's transaction: what is logged stands when that commits
 * and not before. Each answers a receipt, or null when the event's type is switched off.
 */
export const createEventLogger =
  <Tx, Page>({ now, keep, list }: LoggerPorts<Tx, Page>) =>
  (tx: Tx) => {
    const log = <Code extends CustomerEventCode>(
      code: Code,
      user: LogUser | null | undefined,
      { status = "success", ...told }: Told<Code>,
      object: Reference<ObjectTypeOf<Code>> | undefined,
      objectDescription?: string | undefined,
    ): Receipt | null =>
      keep<Code>(tx, { ...told, code, status, actor: actorOf(user), source: "app", object, objectDescription });

    return {
      /** Any event of the office. Without a user nobody is known to have done it. */
      logEvent: <Code extends CustomerEventCode>(
        code: Code,
        event: Told<Code> &
          About<Code> & { user?: LogUser | null | undefined; objectDescription?: string | undefined } = {},
      ): Receipt | null => {
        const { user, contentType, objectId, objectDescription, ...told } = event;
        return contentType === undefined
          ? log(code, user, told, undefined, objectDescription)
          : log(code, user, told, { type: contentType, id: String(objectId), label: objectDescription });
      },

      logPermitAction: <Code extends PermitEventCode>(
        code: Code,
        permit: LogPermit,
        user: LogUser | null,
        told: Told<Code> = {},
      ): Receipt | null =>
        log<PermitEventCode>(code, user, told as Told<PermitEventCode>, {
          type: "permit",
          id: String(permit.id),
          label: permit.permitNumber,
        }),

      /** What was done to a user, by a user. */
      logUserAction: <Code extends UserEventCode>(
        code: Code,
        subject: LogUser,
        user: LogUser | null,
        told: Told<Code> = {},
      ): Receipt | null =>
        log<UserEventCode>(code, user, told as Told<UserEventCode>, {
          type: "user",
          id: String(subject.id),
          label: subject.name,
        }),

      /** What a user did in the last `days`, newest first. */
      getUserActivity: (
        user: Pick<LogUser, "id">,
        { days = 30, ...paging }: EventPaging & { days?: number } = {},
      ): Promise<Page> =>
        list(tx, { actorType: "user", actorId: String(user.id), fromMs: now() - days * dayMs }, paging),

      /** What happened to one object, newest first. */
      getObjectHistory: (contentType: string, objectId: number | string, paging: EventPaging = {}): Promise<Page> =>
        list(tx, { objectType: contentType, objectId: String(objectId) }, paging),

      getEventLogs: ({ cursor, limit, ...filter }: EventFilter & EventPaging = {}): Promise<Page> =>
        list(tx, filter, { cursor, limit }),
    };
  };
