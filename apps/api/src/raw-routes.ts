import type { RawRoute } from "./http/raw-route.ts";

/** Everything that takes or gives bytes instead of JSON. */
export const rawRoutes: Record<string, RawRoute> = {};
