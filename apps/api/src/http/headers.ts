import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "./http-env.ts";

/** The policy of the app's page; its one style tag carries the nonce of this answer. */
export const pagePolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    // Documents are shown from bytes that the page has fetched.
    "img-src 'self' data: blob:",
    "frame-src blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");

/** What everything gets that is no page: if a browser ever shows it as one, it can do nothing. */
const dataPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const everywhere: readonly [string, string][] = [
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
];

export type SecurityHeaderOptions = {
  /** Whether browsers reach us by https (`PUBLIC_URL`); only then they are told to stay with it for a year. */
  https: boolean;
};

/** Sets the security headers of every answer. A handler may have set its own policy or caching; that one stays. */
export const securityHeaders = ({ https }: SecurityHeaderOptions): MiddlewareHandler<HttpEnv> => {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    for (const [name, value] of everywhere) headers.set(name, value);
    if (https) headers.set("strict-transport-security", "max-age=31536000");
    if (!headers.has("content-security-policy")) headers.set("content-security-policy", dataPolicy);
    if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  };
};
