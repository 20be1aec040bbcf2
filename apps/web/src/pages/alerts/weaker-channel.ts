import { weakensChannel } from "@countersign/audit/weakening";
import type { AlertRule, Channel } from "../../api.ts";

/** What of a channel the form may change. */
export type ChannelChange = Partial<Pick<Channel, "enabled" | "isDefault" | "url" | "recipients">> & {
  filter?: object | undefined;
  /** A stream that leaves out what waits, or an address that is not shown. */
  isElsewhere?: boolean;
};

/** Whether alerts, or the log, would reach fewer through a channel after a change, or without it (null); the server has the last word. */
export const isWeaker = (channel: Channel, rules: readonly AlertRule[], change: ChannelChange | null): boolean => {
  const isNamed = rules.some(({ shipped, channelIds }) => shipped !== null && channelIds.includes(channel.id));
  const before = { ...channel, isNamed };
  if (change === null) return weakensChannel(before, null);
  const { filter, isElsewhere = false, ...facts } = change;
  const stream = channel.stream && { ...channel.stream, filter: filter ?? channel.stream.filter };
  // Whom the office names is not known here; mail that is to go to them is left to the server.
  if (facts.recipients === null && channel.recipients !== null) return false;
  return weakensChannel(before, { ...before, ...facts, stream }, { isElsewhere });
};
