import { toCloudEvent } from "./cloudevents.ts";
import type { LoggedEvent } from "./logged-event.ts";
import { toOcsf } from "./ocsf.ts";

export type { LoggedEvent } from "./logged-event.ts";

/** Where the event comes from: the office's own address. */
export type Sender = { origin: string };

type EventFormat = {
  name: string;
  mediaType: string;
  write: (event: LoggedEvent, sender: Sender) => object;
  /** The written event with the cursor from which a stream goes on after it. */
  at: (written: object, cursor: string) => object;
  /** How several go together. */
  batch: { mediaType: string; join: (written: readonly string[]) => string };
};

/** How one event is told to other systems. */
export const eventFormats = {
  cloudevents: {
    name: "CloudEvents 1.0",
    mediaType: "application/cloudevents+json",
    write: toCloudEvent,
    at: (written, cursor) => ({ ...written, cursor }),
    batch: { mediaType: "application/cloudevents-batch+json", join: (written) => `[${written.join(",")}]` },
  },
  ocsf: {
    name: "OCSF 1.6.0",
    mediaType: "application/json",
    write: toOcsf,
    at: (written, cursor) => ({
      ...written,
      unmapped: { ...("unmapped" in written && (written.unmapped as object)), cursor },
    }),
    batch: { mediaType: "application/x-ndjson", join: (written) => written.map((one) => `${one}\n`).join("") },
  },
} as const satisfies Record<string, EventFormat>;

export type EventFormatName = keyof typeof eventFormats;
export const eventFormatNames = Object.keys(eventFormats) as readonly EventFormatName[];
