import type { LogEntry } from "../../api.ts";

type Told = Pick<LogEntry, "id" | "code" | "status" | "receivedAt" | "ip" | "userAgent" | "metadata"> & {
  actor: { type: string; id: string | null };
  object: { id: string } | null;
};

/** The events that lanes are drawn from. */
export const laneCodes = [
  "user_login",
  "user_logout",
  "sys_session_revoked",
  "user_change_password",
  "user_deactivate",
  "user_delete",
] as const;

/** One session, or one attempt that opened none. Times are ISO 8601. */
export type Lane = {
  id: string;
  kind: "session" | "failed" | "denied";
  /** The number of the session, where the log tells it. */
  session: number | null;
  from: string;
  /** When it ended, where the log tells; null when it only ran out, or is still open. */
  to: string | null;
  how: "signed-out" | "ended-by-self" | "ended" | "password" | "deactivated" | "deleted" | "unknown";
  ip: string | null;
  userAgent: string | null;
  /** How often the password was given again in it. */
  again: number;
};

const isSame = (one: Pick<Told, "ip" | "userAgent">, other: Pick<Told, "ip" | "userAgent">) =>
  one.ip === other.ip && one.userAgent === other.userAgent;

const numberIn = (entry: Told, key: "session" | "keptSession"): number | null => {
  const value = entry.metadata?.[key];
  return typeof value === "number" ? value : null;
};

const isOwnAct = ({ actor, object }: Told): boolean =>
  actor.type === "user" && actor.id !== null && actor.id === object?.id;

/** How an event ends sessions that it does not name. */
const endings: Readonly<Record<string, (entry: Told) => Lane["how"]>> = {
  sys_session_revoked: (entry) => (isOwnAct(entry) ? "ended-by-self" : "ended"),
  user_change_password: () => "password",
  user_deactivate: () => "deactivated",
  user_delete: () => "deleted",
};

/**
 * Sessions and failed attempts of one user, newest first, from events in any order. Events of old name no session: such a
 * sign-out ends the newest open one of its address and device, else the newest of all.
 */
export const signInLanes = (entries: readonly Told[]): Lane[] => {
  const lanes: Lane[] = [];
  const open = () => lanes.filter(({ kind, to }) => kind === "session" && to === null).reverse();
  const numbered = (number: number) => lanes.find(({ session }) => session === number);
  const alike = (entry: Told): Lane | undefined => {
    const unnamed = open();
    return unnamed.find((lane) => isSame(lane, entry)) ?? unnamed[0];
  };
  /** The session that an event is about: by its number, or the likeliest of those that have none. */
  const laneOf = (entry: Told): Lane | undefined => {
    const number = numberIn(entry, "session");
    if (number === null) return alike(entry);
    return numbered(number) ?? open().find((lane) => lane.session === null && isSame(lane, entry));
  };
  const end = (lane: Lane | undefined, at: string, how: Lane["how"]) => {
    if (lane?.to === null) Object.assign(lane, { to: at, how });
  };
  /** The session that goes on when all others end: that of who ends them. */
  const keptBy = (entry: Told): Lane | undefined => {
    const number = numberIn(entry, "keptSession");
    if (number !== null) return numbered(number) ?? open().find((lane) => lane.session === null && isSame(lane, entry));
    return isOwnAct(entry) ? alike(entry) : undefined;
  };
  for (const entry of entries.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    const { id, code, status, receivedAt: from, ip, userAgent, metadata } = entry;
    const ending = endings[code];
    if (code === "user_login" && status === "success" && metadata?.again === true) {
      const lane = laneOf(entry);
      if (lane) lane.again += 1;
    } else if (code === "user_login") {
      const kind = status === "success" ? "session" : status === "denied" ? "denied" : "failed";
      const session = kind === "session" ? numberIn(entry, "session") : null;
      lanes.push({ id, kind, session, from, to: null, how: "unknown", ip, userAgent, again: 0 });
    } else if (status !== "success") {
      // Nothing ended.
    } else if (code === "user_logout") {
      end(laneOf(entry), from, "signed-out");
    } else if (ending && numberIn(entry, "session") !== null) {
      end(numbered(numberIn(entry, "session") ?? 0), from, ending(entry));
    } else if (ending) {
      const kept = keptBy(entry);
      for (const lane of open()) if (lane !== kept) end(lane, from, ending(entry));
    }
  }
  return lanes.reverse();
};

/** The sign-ins from an address that the user had never signed in from: the first of each, except the first of all. */
export const newAddresses = (firsts: readonly { eventId: string }[]): ReadonlySet<string> =>
  new Set(
    firsts
      .map(({ eventId }) => eventId)
      .sort()
      .slice(1),
  );
