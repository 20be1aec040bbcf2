import { weakensChannel } from "@countersign/audit/weakening";
import { channelKinds, findChannel, listChannels } from "@countersign/db/channels";
import type { Transaction } from "@countersign/db/transaction";
import { z } from "zod";
import { channelAnswer } from "../domain/alert-answers.ts";
import { testChannel } from "../domain/alerts.ts";
import { done } from "../domain/answers.ts";
import { recipients, refuseAddress, type StreamInput, streamInput } from "../domain/channel-input.ts";
import {
  type ChannelChange,
  changeChannel,
  channelChanges,
  createChannel,
  needsExport,
  removeChannel,
  rotateSecret,
} from "../domain/channels.ts";
import { noInput, reason, rowId, text, version } from "../domain/fields.ts";
import { forbidden } from "../trpc/access.ts";
import type { Context } from "../trpc/context.ts";
import { operation, type SignedIn } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";

const name = text(100);
const url = z.string().max(2048);

const onChannel = { feature: "alerts.manage", event: "sys_channel_changed" } as const;
const known = {
  object: ({ channelId }: { channelId: number }, outcome: ChannelChange | null) =>
    ({ type: "channel", id: String(channelId), label: (outcome?.after ?? outcome?.before)?.name }) as const,
  name: async ({ services }: Context, { id }: { id: string }) => (await findChannel(services.db, Number(id)))?.name,
};
const notes = (input: { reason?: string | undefined }) => input.reason;
const atNow = ({ services }: Context): string => new Date(services.now()).toISOString();
const mayExport = ({ session }: SignedIn): boolean => session.features.has("audit.export");
const how = (ctx: SignedIn) => ({ mayExport: mayExport(ctx), secrets: ctx.services.channelSecrets });
const checkAddress = ({ services }: SignedIn, { url }: { url?: string | undefined }) =>
  refuseAddress(url, services.outbound);
/** Who lets the log itself go out may export it. */
const checkNew = (ctx: SignedIn, input: { url?: string | undefined; stream?: StreamInput | undefined }) => {
  if (input.stream !== undefined && !mayExport(ctx)) throw forbidden("audit.export");
  return checkAddress(ctx, input);
};

/** What takes away from what is told by itself needs a second person. */
const approval = (
  _: unknown,
  { before, after, isSecretNew, from, isNamed = false }: ChannelChange,
  { services }: Context,
): boolean =>
  weakensChannel(before && { ...before, isNamed }, after && { ...after, isNamed }, {
    isElsewhere: isSecretNew || from === "now",
    officeRecipients: services.settings["notification.recipients"],
  });

const change = (
  { tx, ctx }: { tx: Transaction; ctx: SignedIn },
  { reason: _, ...input }: Parameters<typeof changeChannel>[1] & { reason?: string | undefined },
) => changeChannel(tx, input, { at: atNow(ctx), ...how(ctx) });

export const channelProcedures = {
  channels: may("alerts.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/alert-channels",
        summary: "All channels, without their secrets, and whether mail can be sent at all",
        output: z.object({ items: z.array(channelAnswer), canMail: z.boolean() }),
      },
    })
    .input(noInput)
    .query(async ({ ctx: { services } }) => ({
      items: await listChannels(services.db, 100),
      canMail: services.canMail,
    })),

  createChannel: operation({
    ...onChannel,
    neverWaits: true,
    rest: {
      method: "POST",
      path: "/api/alert-channels",
      summary: "Add a channel; the `secret` that signs a webhook or a stream is shown in this answer and never again",
      output: done({ channel: channelAnswer, secret: z.string().nullable() }),
    },
    input: z.strictObject({
      kind: z.enum(channelKinds),
      name,
      url: url.optional(),
      recipients: recipients.optional(),
      isDefault: z.boolean().default(false),
      enabled: z.boolean().default(true),
      stream: streamInput.optional(),
    }),
    prepare: checkNew,
    run: ({ tx, ctx }, input) => createChannel(tx, input, { at: atNow(ctx), secrets: ctx.services.channelSecrets }),
    object: (_, outcome) =>
      outcome === null ? undefined : { type: "channel", id: String(outcome.after.id), label: outcome.after.name },
    changes: channelChanges,
    answer: ({ after, secret }) => ({ channel: after, secret }),
  }),

  updateChannel: operation({
    ...onChannel,
    ...known,
    notes,
    rest: {
      method: "PATCH",
      path: "/api/alert-channels/{channelId}",
      summary: "Change a channel",
      output: done({ channel: channelAnswer }),
    },
    input: z.strictObject({
      channelId: rowId,
      version,
      name: name.optional(),
      url: url.optional(),
      recipients: recipients.optional(),
      isDefault: z.boolean().optional(),
      enabled: z.boolean().optional(),
      stream: streamInput.optional(),
      reason,
    }),
    prepare: checkAddress,
    alsoNeeds: (input, { before }) => (before !== null && needsExport(before, input) ? ["audit.export"] : []),
    run: change,
    standing: change,
    changes: channelChanges,
    approval,
    // The address of a chat is its secret.
    holdsSecret: ({ url }, { after }) => url !== undefined && after.kind === "chat",
    answer: ({ after }) => ({ channel: after }),
  }),

  rotateSecret: operation({
    ...onChannel,
    neverWaits: true,
    ...known,
    rest: {
      method: "POST",
      path: "/api/alert-channels/{channelId}/rotate",
      summary: "Give a webhook another secret; the old one signs beside it for the overlap",
      output: done({ channel: channelAnswer, secret: z.string().nullable() }),
    },
    input: z.strictObject({ channelId: rowId, version, overlapHours: z.number().int().min(0).max(168).default(24) }),
    run: ({ tx, ctx }, input) => rotateSecret(tx, input, { now: ctx.services.now(), ...how(ctx) }),
    changes: channelChanges,
    answer: ({ after, secret }) => ({ channel: after, secret }),
  }),

  deleteChannel: operation({
    ...onChannel,
    ...known,
    notes,
    rest: {
      method: "DELETE",
      path: "/api/alert-channels/{channelId}",
      summary: "Remove a channel; what waits in it is given up",
      output: done(),
    },
    input: z.strictObject({ channelId: rowId, version, reason }),
    run: ({ tx }, input) => removeChannel(tx, input),
    changes: channelChanges,
    approval,
    answer: () => ({}),
  }),

  /** A marked message, sent by the worker and tried once; `alerts.delivery` tells what came of it. */
  testChannel: operation({
    ...onChannel,
    neverWaits: true,
    rest: {
      method: "POST",
      path: "/api/alert-channels/{channelId}/test",
      summary: "Send a marked message through a channel",
      output: done({ deliveryId: z.number() }),
    },
    input: z.strictObject({ channelId: rowId }),
    run: ({ tx, ctx }, { channelId }) =>
      testChannel(tx, channelId, { at: atNow(ctx), key: ctx.request.id ?? atNow(ctx) }),
    object: ({ channelId }, outcome) => ({ type: "channel", id: String(channelId), label: outcome?.channel.name }),
    name: known.name,
    metadata: () => ({ act: "sent a test" }),
    changes: () => null,
    answer: ({ deliveryId }) => ({ deliveryId }),
  }),
};
