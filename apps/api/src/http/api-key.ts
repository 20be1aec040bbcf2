import type { KeyCaller } from "../trpc/context.ts";
import { errorResponse } from "./errors.ts";
import type { Guard } from "./guards.ts";

export type ApiKeyOptions = {
  findKey: (text: string, ip: string | undefined) => Promise<KeyCaller | "network" | null>;
  /** The session token in a Cookie header. */
  tokenOf: (cookieHeader: string | undefined) => string | undefined;
};

/** Puts the caller behind `Authorization: Bearer` into the context; refuses a key that is not good, and a key beside a session. */
export const apiKey = ({ findKey, tokenOf }: ApiKeyOptions): Guard => {
  return async (c) => {
    const header = c.req.header("authorization");
    if (header === undefined) return null;
    if (tokenOf(c.req.header("cookie")) !== undefined) return errorResponse(c, "two_credentials");
    const [, text] = /^bearer ([\x21-\x7e]{1,200})$/i.exec(header) ?? [];
    const found = text === undefined ? null : await findKey(text, c.get("ip"));
    if (found === null) return errorResponse(c, "key_refused");
    if (found === "network") return errorResponse(c, "key_network");
    c.set("key", found);
    return null;
  };
};
