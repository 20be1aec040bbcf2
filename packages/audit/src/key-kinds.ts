import type { Feature } from "./features.ts";

/** What keys of other services are for: recording events, reading the log, fetching it as a stream. */
export const keyKinds = ["ingest", "reader", "stream"] as const;
export type KeyKind = (typeof keyKinds)[number];

/** The one feature that a key holds. Whoever makes it must hold it, for as long as the key is to work. */
export const featureOfKind: Record<KeyKind, Feature> = {
  ingest: "audit.write",
  reader: "audit.read",
  stream: "audit.export",
};
