import { toCloudEvent } from "./cloudevents.ts";
import type { LoggedEvent } from "./logged-event.ts";
import { toOcsf } from "./ocsf.ts";

export type { LoggedEvent } from "./logged-event.ts";

/** Where the event comes from: the office's own address. */
export type Sender = { origin: string };

type EventFormat = { name: string; mediaType: string; write: (event: LoggedEvent, sender: Sender) => object };

/** How one event is told to other systems. */
export const eventFormats = {
  cloudevents: {
    name: "CloudEvents 1.0",
    mediaType: "application/cloudevents+json",
    write: toCloudEvent,
  },
  ocsf: {
    name: "OCSF 1.6.0",
    mediaType: "application/json",
    write: toOcsf,
  },
} as const satisfies Record<string, EventFormat>;

export type EventFormatName = keyof typeof eventFormats;
export const eventFormatNames = Object.keys(eventFormats) as readonly EventFormatName[];
