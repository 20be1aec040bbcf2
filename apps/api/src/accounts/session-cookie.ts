import { generateCookie } from "hono/cookie";
import { parse } from "hono/utils/cookie";

export type SessionCookie = {
  /** As the browser stores it, prefix included. */
  name: string;
  /** The token in a Cookie header; undefined for none and for anything that cannot be one. */
  read(cookieHeader: string | undefined): string | undefined;
  /** The Set-Cookie value that hands out a token, and the one that takes it back. */
  set(token: string, absoluteSeconds: number): string;
  clear(): string;
};

/**
 * The one cookie. Behind https it is `__Host-countersign_sid` and Secure: bound to this host, sent encrypted only.
 * Without https, on one's own machine, a browser would refuse that name, so it is the plain one.
 */
export const sessionCookie = ({ https }: { https: boolean }): SessionCookie => {
  const name = https ? "__Host-countersign_sid" : "countersign_sid";
  const options = { path: "/", httpOnly: true, sameSite: "Lax", secure: https } as const;
  return {
    name,
    read: (header) => {
      if (header === undefined) return undefined;
      const value = parse(header, name)[name];
      return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
    },
    set: (token, absoluteSeconds) => generateCookie(name, token, { ...options, maxAge: absoluteSeconds }),
    clear: () => generateCookie(name, "", { ...options, maxAge: 0 }),
  };
};
