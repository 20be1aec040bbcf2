import { inTransaction } from "@countersign/db/transaction";
import { type EventInput, eventInput } from "../apps/api/src/domain/event-input.ts";
import { editPermit } from "../apps/api/src/domain/permits.ts";
import { appRouter } from "../apps/api/src/router.ts";
import { sessionOf } from "../apps/api/src/trpc/access.ts";
import { router } from "../apps/api/src/trpc/init.ts";
import { atOnce } from "../apps/api/src/trpc/input.ts";
import { may } from "../apps/api/src/trpc/procedures.ts";
import type { Called } from "../apps/api/src/trpc/telling.ts";
import type { NaiveQueue } from "./naive-queue.ts";
import { insertByOrm, insertPlainly, type PeerRow } from "./peer-log.ts";

/** What the flat log keeps of a stated event. */
const rowOf = ({ caller, request }: Called, event: EventInput): PeerRow => ({
  code: event.code,
  userId: String(caller.type === "user" ? caller.userId : caller.id),
  contentType: event.object?.type,
  objectId: event.object?.id,
  objectDescription: event.object?.label,
  changes: event.changes,
  status: event.status,
  errorMessage: event.errorMessage,
  ip: request.ip,
  userAgent: request.userAgent,
  method: request.method,
  endpoint: request.endpoint,
  notes: event.notes,
  at: new Date().toISOString(),
});

type UpdateInput = { permitId: number; version: number; holderName?: string; site?: string; notes?: string };

type Schema<Input> = { parse: (input: unknown) => Input };

/** The very schema of a procedure of the product: it stands behind the one that is shown to tRPC. */
const inputOf = <Input>(procedure: unknown): Schema<Input> => {
  const schema: Schema<Input> = Object.getPrototypeOf((procedure as { _def: { inputs: [object] } })._def.inputs[0]);
  return { parse: (input) => schema.parse(input) };
};

const updateInput = inputOf<UpdateInput>(appRouter.permits.update);
const manyInput = inputOf<{ events: unknown[] }>(appRouter.events.recordMany);

/** What the product's procedures are compared with, behind the same session and right. */
export const peerRouter = (queue: NaiveQueue) =>
  router({
    peer: router({
      nothing: may("audit.write").mutation(() => ({ ok: true as const })),

      /** Validates like the product and does nothing else. */
      parse: may("audit.write")
        .input(atOnce(eventInput))
        .mutation(() => ({ ok: true as const })),

      insertPlainly: may("audit.write")
        .input(atOnce(eventInput))
        .mutation(async ({ ctx, input }) => {
          await insertPlainly(ctx.services.db, rowOf(ctx, input));
          return { ok: true as const };
        }),

      insertByOrm: may("audit.write")
        .input(atOnce(eventInput))
        .mutation(async ({ ctx, input }) => {
          await insertByOrm(ctx.services.db, rowOf(ctx, input));
          return { ok: true as const };
        }),

      /** One job an event; answered when Redis has them. */
      enqueue: may("audit.write")
        .input(manyInput)
        .mutation(async ({ ctx, input }) => {
          const events = input.events.map((event) => eventInput.parse(event));
          await queue.addBulk(events.map((event) => ({ name: "event", data: rowOf(ctx, event) })));
          return { ok: true as const };
        }),

      /** `permits.update` without a word in the log: the same input, lock, rules, UPDATE and transaction. */
      updatePermit: may("permits.update")
        .input(updateInput)
        .mutation(async ({ ctx, input: { permitId, version, holderName, site, notes } }) => {
          const given = { holderName, site, notes };
          const patch = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
          const { services } = ctx;
          const acting = { userId: sessionOf(ctx).userId, now: services.now(), settings: services.settings };
          const { after } = await inTransaction(services.db, (tx) => editPermit(tx, permitId, version, patch, acting));
          return { permit: after, outcome: "done" as const };
        }),
    }),
  });
