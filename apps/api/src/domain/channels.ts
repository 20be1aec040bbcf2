import { randomBytes } from "node:crypto";
import { type Changes, changesBetween } from "@countersign/audit/changes";
import type { EventFilter } from "@countersign/audit/event-filter";
import {
  type Channel,
  type ChannelFields,
  type ChannelKind,
  type ChannelStream,
  countChannels,
  deleteChannel,
  findChannel,
  insertChannel,
  isNamedByShipped,
  lockChannel,
  ruleNaming,
  updateChannel,
  writeStream,
} from "@countersign/db/channels";
import { type LogPlace, logEnd } from "@countersign/db/log-places";
import { holdUsers } from "@countersign/db/system-config";
import type { Transaction } from "@countersign/db/transaction";
import type { ChannelSecrets } from "@countersign/service/channel-secrets";
import { foldName } from "../accounts/names.ts";
import { forbidden } from "../trpc/access.ts";
import { invalid, type StreamInput } from "./channel-input.ts";
import { DomainError, notFound } from "./domain-error.ts";
import { unlessTaken } from "./unless-taken.ts";

const mostChannels = 50;
export type ChannelChange = {
  before: Channel | null;
  after: Channel | null;
  /** What cannot be shown was replaced. */
  isSecretNew: boolean;
  /** Where a stream was set to go on from, other than where it was. */
  from?: StreamInput["from"];
  /** Whether a rule that every office has sends through it. */
  isNamed?: boolean;
};
export type ChannelKept = ChannelChange & { after: Channel };
/** `secret` is what signs a webhook, to be shown once. */
export type ChannelMade = ChannelKept & { secret: string | null };

const facts = ({ name, kind, url, recipients, isDefault, enabled, stream }: Omit<Channel, "stream"> & Streaming) => ({
  name,
  kind,
  address: url,
  recipients,
  default: isDefault,
  enabled,
  ...(stream && { format: stream.format, filter: stream.filter }),
});
type Streaming = { stream: Pick<ChannelStream, "format" | "filter"> | null };

export const channelChanges = ({ before, after, isSecretNew, from }: ChannelChange): Changes => ({
  ...changesBetween(before === null ? null : facts(before), after === null ? null : facts(after)),
  ...(from !== undefined && { from: { old: null, new: from } }),
  ...(isSecretNew && { hidden_part: { old: before === null ? null : "not shown", new: "another, not shown" } }),
});

const refuseUnknown = async (tx: Transaction, recipients: Channel["recipients"]): Promise<void> => {
  const ids = (recipients ?? []).filter((one) => typeof one === "number");
  const active = new Set((await holdUsers(tx, ids)).filter((user) => user.active).map(({ id }) => id));
  if (ids.some((id) => !active.has(id))) {
    throw invalid("recipients", "not_an_active_user", "only active users can be named here.");
  }
};

/** As Standard Webhooks writes a secret: 32 random bytes. */
const newSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

type Given = {
  name: string;
  url?: string | undefined;
  recipients?: Channel["recipients"] | undefined;
  isDefault: boolean;
  enabled: boolean;
  stream?: StreamInput | undefined;
};

const signs = (kind: ChannelKind): boolean => kind === "webhook" || kind === "stream";

const placeFrom = (tx: Transaction, from: StreamInput["from"]): Promise<LogPlace> | LogPlace =>
  from === "beginning" ? { epoch: 1, index: 0 } : logEnd(tx);

const setStream = async (
  tx: Transaction,
  id: number,
  { format, filter }: StreamInput,
  place: LogPlace | null,
): Promise<Channel> => {
  await writeStream(tx, id, { format, filter: cleanFilter(filter) }, place);
  const after = await findChannel(tx, id);
  if (after === undefined) throw new Error(`channel ${id} is gone although it was locked`);
  return after;
};

/** Without what is absent: as it is stored, compared and shown. */
const cleanFilter = (filter: StreamInput["filter"]): EventFilter => JSON.parse(JSON.stringify(filter)) as EventFilter;

/** What of an address may be seen, and what is its secret: of a chat all but the host. */
const partsOf = (kind: ChannelKind, url: string | undefined): { url: string | null; secret: string | null } => {
  if (kind === "email" || url === undefined) return { url: null, secret: null };
  return kind === "chat" ? { url: new URL(url).origin, secret: url } : { url, secret: null };
};

const refuseUnfit = (kind: ChannelKind, { url, recipients, stream, isDefault }: Change, isNew: boolean): void => {
  if (kind !== "stream" && stream !== undefined) throw invalid("stream", "not_expected", "only a stream sends events.");
  if (kind === "stream" && isNew && stream === undefined) {
    throw invalid("stream", "required", "a stream must say what it sends.");
  }
  if (kind === "stream" && isDefault) {
    throw invalid("isDefault", "not_expected", "a stream takes no messages of alerts.");
  }
  if (kind === "email" && url !== undefined)
    throw invalid("url", "not_expected", "mail goes to recipients, not to an address.");
  if (kind !== "email" && recipients !== undefined && recipients !== null) {
    throw invalid("recipients", "not_expected", "only mail has recipients.");
  }
  if (isNew && kind !== "email" && url === undefined) throw invalid("url", "required", "the channel needs an address.");
};

const nameTaken = (name: string) => (): DomainError =>
  new DomainError("conflict", "name_taken", `Nothing was changed: there is a channel called ${name} already.`);

export const createChannel = async (
  tx: Transaction,
  { kind, ...given }: Given & { kind: ChannelKind },
  { at, secrets }: { at: string; secrets: ChannelSecrets },
): Promise<ChannelMade> => {
  refuseUnfit(kind, given, true);
  if ((await countChannels(tx)) >= mostChannels) {
    throw new DomainError(
      "conflict",
      "too_many_channels",
      `Nothing was saved: there are ${mostChannels} channels already.`,
    );
  }
  await refuseUnknown(tx, given.recipients ?? null);
  const parts = partsOf(kind, given.url);
  const secret = signs(kind) ? newSecret() : null;
  const { name, isDefault, enabled, recipients = null } = given;
  const fields: ChannelFields = { name, nameFolded: foldName(name), url: parts.url, recipients, isDefault, enabled };
  const hidden = secret ?? parts.secret;
  const sealed = hidden === null ? null : (id: number) => secrets.seal(id, hidden);
  const made = await unlessTaken(tx, nameTaken(name), (part) => insertChannel(part, kind, fields, sealed, at));
  const { stream } = given;
  const after = stream === undefined ? made : await setStream(tx, made.id, stream, await placeFrom(tx, stream.from));
  const from = stream?.from === "beginning" ? { from: stream.from } : {};
  return { before: null, after, secret, isSecretNew: kind !== "email", ...from };
};

const lockedChannel = async (tx: Transaction, id: number, version?: number): Promise<Channel> => {
  const found = await lockChannel(tx, id);
  if (found === undefined) throw notFound("channel");
  if (version !== undefined && found.version !== version) {
    throw new DomainError(
      "conflict",
      "stale_version",
      `Nothing was changed: the channel ${found.name} was changed meanwhile. Look at it again and try anew.`,
    );
  }
  return found;
};

type Named = { channelId: number; version: number };
type Change = { [Member in keyof Given]?: Given[Member] | undefined };

/** What the log is sent to, and that it is, is set by who may export it. */
export const needsExport = (before: Channel, { url, stream, enabled }: Change): boolean =>
  before.kind === "stream" &&
  (stream !== undefined || (url !== undefined && url !== before.url) || (enabled === true && !before.enabled));

export const changeChannel = async (
  tx: Transaction,
  { channelId, version, ...change }: Named & Change,
  { at, mayExport, secrets }: { at: string; mayExport: boolean; secrets: ChannelSecrets },
): Promise<ChannelKept> => {
  const before = await lockedChannel(tx, channelId, version);
  if (needsExport(before, change) && !mayExport) throw forbidden("audit.export");
  refuseUnfit(before.kind, change, false);
  if (change.recipients !== undefined) await refuseUnknown(tx, change.recipients);
  const parts = partsOf(before.kind, change.url);
  const next: ChannelFields = {
    name: change.name ?? before.name,
    nameFolded: foldName(change.name ?? before.name),
    url: parts.url ?? before.url,
    recipients: change.recipients === undefined ? before.recipients : change.recipients,
    isDefault: change.isDefault ?? before.isDefault,
    enabled: change.enabled ?? before.enabled,
  };
  const isSecretNew = parts.secret !== null;
  const { stream: given } = change;
  const stream = given === undefined ? before.stream : { format: given.format, filter: cleanFilter(given.filter) };
  const changes = changesBetween(facts(before), facts({ ...before, ...next, stream }));
  const isMoved = given?.from !== undefined;
  if (Object.keys(changes).length === 0 && !isSecretNew && !isMoved) return { before, after: before, isSecretNew };
  const secret = parts.secret === null ? null : { secret: secrets.seal(channelId, parts.secret), oldUntil: null };
  const changed = await unlessTaken(tx, nameTaken(next.name), (part) =>
    updateChannel(part, channelId, next, secret, at),
  );
  const isNamed = await isNamedByShipped(tx, channelId);
  if (given === undefined) return { before, after: changed, isSecretNew, isNamed };
  const place = isMoved ? await placeFrom(tx, given.from) : null;
  const after = await setStream(tx, channelId, given, place);
  return { before, after, isSecretNew, isNamed, ...(isMoved && { from: given.from }) };
};

/** Gives a webhook another secret; the one before signs beside it for the hours of overlap. */
export const rotateSecret = async (
  tx: Transaction,
  { channelId, version, overlapHours }: Named & { overlapHours: number },
  { now, mayExport, secrets }: { now: number; mayExport: boolean; secrets: ChannelSecrets },
): Promise<ChannelMade> => {
  const before = await lockedChannel(tx, channelId, version);
  if (before.kind === "stream" && !mayExport) throw forbidden("audit.export");
  if (!signs(before.kind)) {
    throw new DomainError("conflict", "no_secret", `Nothing was changed: ${before.name} signs nothing.`);
  }
  const secret = newSecret();
  const oldUntil = overlapHours === 0 ? null : new Date(now + overlapHours * 3_600_000).toISOString();
  const fields = { ...before, nameFolded: foldName(before.name) };
  const sealed = { secret: secrets.seal(channelId, secret), oldUntil };
  const after = await updateChannel(tx, channelId, fields, sealed, new Date(now).toISOString());
  return { before, after, secret, isSecretNew: true };
};

export const removeChannel = async (tx: Transaction, { channelId, version }: Named): Promise<ChannelChange> => {
  const before = await lockedChannel(tx, channelId, version);
  const rule = await ruleNaming(tx, channelId);
  if (rule !== undefined) {
    throw new DomainError(
      "conflict",
      "in_use",
      `Nothing was changed: the rule ${rule} sends through ${before.name}. Give it another channel first.`,
    );
  }
  await deleteChannel(tx, channelId);
  return { before, after: null, isSecretNew: false };
};

/** A channel that can send: switched on. */
export const sendingChannel = async (tx: Transaction, channelId: number): Promise<Channel> => {
  const found = await lockedChannel(tx, channelId);
  if (found.enabled) return found;
  throw new DomainError("conflict", "switched_off", `Nothing was sent: ${found.name} is switched off.`);
};
