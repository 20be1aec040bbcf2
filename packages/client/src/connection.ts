export type Secret = string | (() => string);

export type ConnectionOptions = {
  /** Where the server is, `https://permits.example.org`. */
  url: string;
  /** An API key, or a function that gives the present one. Not together with `session`. */
  key?: Secret | undefined;
  /** A session as a Cookie header, for programs. In a browser the page's own cookie goes with each call: give neither. */
  session?: Secret | undefined;
  /** The origin that goes with a session; that of `url` when absent. */
  origin?: string | undefined;
  /** In place of the global one. */
  fetch?: typeof fetch | undefined;
};

/** Calls the server as somebody. */
export type Connection = { url: string; fetch: typeof fetch };

const read = (secret: Secret): string => (typeof secret === "string" ? secret : secret());

/** Adds to each call what says who is calling; throws a TypeError when that is said twice. */
export const connect = (options: ConnectionOptions): Connection => {
  const { key, session, fetch: send = (...call: Parameters<typeof fetch>) => fetch(...call) } = options;
  if (key !== undefined && session !== undefined) throw new TypeError("Give a key or a session, not both.");
  const url = options.url.replace(/\/+$/, "");
  const origin = session === undefined ? undefined : (options.origin ?? new URL(url).origin);
  const credentials = (headers: Headers): void => {
    if (key !== undefined) headers.set("authorization", `Bearer ${read(key)}`);
    if (session !== undefined) headers.set("cookie", read(session));
    // Node marks its calls as a browser does, so with a cookie the server wants to know of which page.
    if (origin !== undefined) headers.set("origin", origin);
  };
  return {
    url,
    fetch: async (input, init) => {
      const headers = new Headers(init?.headers);
      credentials(headers);
      // A key never goes elsewhere, nor beside the cookie of a person.
      return send(input, { ...init, headers, redirect: "manual", ...(key !== undefined && { credentials: "omit" }) });
    },
  };
};
