import type { LogEntry } from "../../api.ts";

type Told = Pick<LogEntry, "id" | "code" | "status" | "receivedAt" | "ip" | "userAgent" | "metadata">;

/** The events that lanes are drawn from. */
export const laneCodes = ["user_login", "user_logout", "sys_session_revoked"] as const;

/** One session, or one attempt that opened none. Times are ISO 8601. */
export type Lane = {
  id: string;
  kind: "session" | "failed" | "denied";
  from: string;
  /** When it ended, where the log tells; null when it only ran out, or is still open. */
  to: string | null;
  how: "signed-out" | "ended" | "unknown";
  ip: string | null;
  userAgent: string | null;
  /** No sign-in before it came from this address. */
  isNewAddress: boolean;
  /** How often the password was given again in it. */
  again: number;
};

const isSame = (one: Pick<Told, "ip" | "userAgent">, other: Pick<Told, "ip" | "userAgent">) =>
  one.ip === other.ip && one.userAgent === other.userAgent;

/**
 * Sessions and failed attempts of one user, newest first, from events in any order. Events name no session, so a sign-out ends
 * the newest open one of its address and device, else the newest of all.
 */
export const signInLanes = (entries: readonly Told[]): Lane[] => {
  const lanes: Lane[] = [];
  const known = new Set<string | null>();
  const openOf = (entry: Told): Lane | undefined => {
    const open = lanes.filter(({ kind, to }) => kind === "session" && to === null).reverse();
    return open.find((lane) => isSame(lane, entry)) ?? open[0];
  };
  const end = (lane: Lane | undefined, at: string, how: Lane["how"]) => {
    if (lane) Object.assign(lane, { to: at, how });
  };
  for (const entry of entries.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    const { id, code, status, receivedAt: from, ip, userAgent, metadata } = entry;
    if (code === "user_login" && status === "success" && metadata?.again === true) {
      const lane = openOf(entry);
      if (lane) lane.again += 1;
    } else if (code === "user_login") {
      const kind = status === "success" ? "session" : status === "denied" ? "denied" : "failed";
      const isNewAddress = kind === "session" && known.size > 0 && !known.has(ip);
      if (kind === "session") known.add(ip);
      lanes.push({ id, kind, from, to: null, how: "unknown", ip, userAgent, isNewAddress, again: 0 });
    } else if (status !== "success") {
      // Nothing ended.
    } else if (code === "user_logout") {
      end(openOf(entry), from, "signed-out");
    } else if (metadata?.session === undefined) {
      for (const lane of lanes) if (lane.kind === "session" && lane.to === null) end(lane, from, "ended");
    }
  }
  return lanes.reverse();
};
