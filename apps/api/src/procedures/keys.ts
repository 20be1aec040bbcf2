import { featureOfKind, type KeyKind, keyKinds } from "@countersign/audit/key-kinds";
import { type ApiKey, findApiKey, listApiKeys } from "@countersign/db/api-keys";
import { z } from "zod";
import { done, keyAnswer, pageOf } from "../domain/answers.ts";
import { instant, reason, rowId, text } from "../domain/fields.ts";
import {
  type Acting,
  createKey,
  isStatable,
  type KeyChange,
  keyChanges,
  revokeKey,
  rotateKey,
} from "../domain/keys.ts";
import { rowCursor, rowPage, toPage } from "../domain/paging.ts";
import { isCanonicalNetwork } from "../http/client-ip.ts";
import { forbidden } from "../trpc/access.ts";
import type { Context } from "../trpc/context.ts";
import { router } from "../trpc/init.ts";
import { operation, type SignedIn } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";

const keyRef = (id: number, key?: ApiKey) => ({ type: "api_key", id: String(id), label: key?.name }) as const;

const acting = ({ session, services }: SignedIn): Acting => ({ userId: session.userId, now: services.now() });

/** A key has no right that its maker lacks. */
const refuseMaker =
  ({ session }: SignedIn) =>
  (kind: KeyKind): void => {
    if (!session.features.has(featureOfKind[kind])) throw forbidden(featureOfKind[kind]);
  };

const onKey = {
  object: ({ keyId }: { keyId: number }, outcome: KeyChange | null) => keyRef(keyId, outcome?.after),
  name: async ({ services }: Context, { id }: { id: string }) => (await findApiKey(services.db, Number(id)))?.name,
};

const distinct = (list: readonly string[]): boolean => new Set(list).size === list.length;
const repeated = { params: { rule: "repeated" } };
const code = z
  .string()
  .max(64)
  .refine(isStatable, { params: { rule: "unknown_code" } });
const network = z
  .string()
  .max(64)
  .refine(isCanonicalNetwork, { params: { rule: "network" } });

/** Keys with which other services call; what makes a key is shown once, when it is created. */
export const keys = router({
  list: may("system.keys")
    .meta({
      rest: { method: "GET", path: "/api/keys", summary: "Keys of services, newest first", output: pageOf(keyAnswer) },
    })
    .input(z.strictObject(rowPage))
    .query(async ({ ctx, input: { cursor, limit } }) =>
      toPage(await listApiKeys(ctx.services.db, rowCursor(cursor), limit + 1), limit),
    ),

  create: operation({
    feature: "system.keys",
    event: "sys_api_key_created",
    rest: {
      method: "POST",
      path: "/api/keys",
      summary: "Make a key; `secret` is shown in this answer and never again",
      output: done({ key: keyAnswer, secret: z.string() }),
    },
    fresh: true,
    input: z.strictObject({
      name: text(100),
      kind: z.enum(keyKinds),
      /** What an ingest key may record; other keys have none. */
      codes: z.array(code).max(100).refine(distinct, repeated).default([]),
      /** Addresses and networks it may be used from; none for any. */
      networks: z.array(network).max(50).refine(distinct, repeated).default([]),
      expiresAt: instant,
    }),
    run: ({ tx, ctx }, { expiresAt, ...scope }) => {
      refuseMaker(ctx)(scope.kind);
      return createKey(tx, scope, expiresAt, acting(ctx));
    },
    object: (_, outcome) => (outcome === null ? undefined : keyRef(outcome.after.id, outcome.after)),
    changes: keyChanges,
    answer: ({ after, secret }) => ({ key: after, secret }),
  }),

  revoke: operation({
    ...onKey,
    feature: "system.keys",
    event: "sys_api_key_revoked",
    rest: {
      method: "POST",
      path: "/api/keys/{keyId}/revoke",
      summary: "End a key at once",
      output: done({ key: keyAnswer }),
    },
    fresh: true,
    input: z.strictObject({ keyId: rowId, reason }),
    run: ({ tx, ctx }, { keyId }) => {
      tx.afterCommit(ctx.services.accounts.keys.forget);
      return revokeKey(tx, keyId, acting(ctx));
    },
    notes: (input) => input.reason,
    changes: keyChanges,
    answer: ({ after }) => ({ key: after }),
  }),

  rotate: operation({
    ...onKey,
    feature: "system.keys",
    event: "sys_api_key_created",
    rest: {
      method: "POST",
      path: "/api/keys/{keyId}/rotate",
      summary: "Make a key with the same scope; the old one ends after the overlap",
      output: done({ key: keyAnswer, secret: z.string(), replaced: keyAnswer }),
    },
    fresh: true,
    input: z.strictObject({
      keyId: rowId,
      overlapHours: z.number().int().min(0).max(168),
      expiresAt: instant.optional(),
    }),
    run: ({ tx, ctx }, input) => {
      tx.afterCommit(ctx.services.accounts.keys.forget);
      return rotateKey(tx, input, acting(ctx), refuseMaker(ctx));
    },
    object: ({ keyId }, outcome) => (outcome === null ? keyRef(keyId) : keyRef(outcome.after.id, outcome.after)),
    metadata: ({ keyId }) => ({ replaces: String(keyId) }),
    changes: keyChanges,
    further: ["sys_api_key_revoked"],
    more: ({ after, replaced }, { overlapHours }) => [
      {
        code: "sys_api_key_revoked",
        object: keyRef(replaced.after.id, replaced.after),
        changes: keyChanges(replaced),
        metadata: { replacedBy: String(after.id), overlapHours },
      },
    ],
    answer: ({ after, secret, replaced }) => ({ key: after, secret, replaced: replaced.after }),
  }),
});
