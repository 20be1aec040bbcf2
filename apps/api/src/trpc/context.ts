import type { Actor, RequestFacts } from "@countersign/audit/event";
import type { Feature } from "@countersign/audit/features";
import type { Services } from "../services.ts";

/** Who is signed in; read from the database at every request, so that a change counts at once. */
export type Session = {
  id: number;
  userId: number;
  username: string;
  name: string;
  roles: readonly string[];
  features: ReadonlySet<Feature>;
  mustChangePassword: boolean;
  expiresAt: string;
};

export type Context = {
  services: Services;
  request: RequestFacts & { id: string };
  session: Session | null;
  /** The address that was asked for, on our public origin. */
  url: () => string;
  /** The session's token as the browser sent it, and the way to give it another. */
  cookie: { token: string | undefined; set: (token: string, absoluteSeconds: number) => void; clear: () => void };
  setHeader: (name: string, value: string) => void;
};

export const actorOf = (session: Session): Actor => ({
  type: "user",
  id: String(session.userId),
  label: session.name,
  roles: session.roles,
});

export const nobody: Actor = { type: "anonymous" };
