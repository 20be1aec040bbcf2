import type { EventFormatName } from "@countersign/audit/formats/index";
import type { Channel } from "../../api.ts";
import type { LogSearch } from "../log/log-search.ts";
import { filterOf, searchOf } from "./rule-draft.ts";

/** From where a stream goes on: where it is, with the next event, or with the first of the log. */
export type StreamFrom = "stay" | "now" | "beginning";
export type StreamDraft = { format: EventFormatName; search: LogSearch; from: StreamFrom };

export const streamDraft = (channel: Channel | null): StreamDraft => ({
  format: channel?.stream?.format ?? "cloudevents",
  search: searchOf(channel?.stream?.filter ?? {}),
  from: channel === null ? "now" : "stay",
});

type StreamInput = { format: EventFormatName; filter: ReturnType<typeof filterOf>; from?: "now" | "beginning" };

/** What is to be kept of it; null where nothing differs, or where the channel is none. */
export const streamChange = (
  channel: Channel | null,
  kind: Channel["kind"],
  { format, search, from }: StreamDraft,
): StreamInput | null => {
  if (kind !== "stream") return null;
  const filter = filterOf(search);
  const before = channel?.stream;
  const isSame =
    before?.format === format && JSON.stringify(filterOf(searchOf(before.filter))) === JSON.stringify(filter);
  if (isSame && from === "stay") return null;
  return { format, filter, ...(from !== "stay" && { from }) };
};
