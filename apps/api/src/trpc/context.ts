import type { Actor, RequestFacts } from "@countersign/audit/event";
import type { Feature } from "@countersign/audit/features";
import type { Services } from "../services.ts";

/** Who is signed in; read from the database at every request, so that a change counts at once. */
export type Session = {
  type: "user";
  id: number;
  userId: number;
  username: string;
  name: string;
  roles: readonly string[];
  features: ReadonlySet<Feature>;
  mustChangePassword: boolean;
  /** When the password was last given. */
  authenticatedAt: string;
  expiresAt: string;
};

/** A service with a key of its own. It holds one feature: an ingest key `audit.write`, a reader key `audit.read`, a stream key `audit.export`. */
export type KeyCaller = {
  type: "api_key";
  id: number;
  name: string;
  features: ReadonlySet<Feature>;
  /** Event codes it may state. */
  codes: ReadonlySet<string>;
};

export type Caller = Session | KeyCaller;

export type Context = {
  services: Services;
  request: RequestFacts & { id: string };
  caller: Caller | null;
  /** The address that was asked for, on our public origin. */
  url: () => string;
  /** The session's token as the browser sent it, and the way to give it another. */
  cookie: { token: string | undefined; set: (token: string, absoluteSeconds: number) => void; clear: () => void };
  setHeader: (name: string, value: string) => void;
};

export const actorOf = (caller: Caller): Actor =>
  caller.type === "user"
    ? { type: "user", id: String(caller.userId), label: caller.name, roles: caller.roles }
    : { type: "api_key", id: String(caller.id), label: caller.name };

/** Where an event of this caller comes from, as far as the platform itself knows. */
export const sourceOf = (caller: Caller): { source: string; sourceLabel?: string } =>
  caller.type === "user" ? { source: "app" } : { source: `key:${caller.id}`, sourceLabel: caller.name };

export const nobody: Actor = { type: "anonymous" };
