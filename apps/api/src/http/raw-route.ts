import type { Readable } from "node:stream";
import type { EventCode } from "@countersign/audit/catalogue";
import type { Changes } from "@countersign/audit/changes";
import type { JsonObject } from "@countersign/audit/json";
import { OutcomeUnknown, type Transaction } from "@countersign/db/transaction";
import type { z } from "zod";
import type { Context } from "../trpc/context.ts";
import type { ProcedureMeta } from "../trpc/init.ts";
import { type Done, perform, type SignedIn } from "../trpc/operation.ts";
import { type Called, draftOf, guard, metaOf, recordingRefusal, type Telling } from "../trpc/telling.ts";
import type { RestRoute } from "./rest-route.ts";

/** A body that has not been read yet, and what its headers say of it. */
export type IncomingBody = { stream: Readable; contentType: string | undefined; announcedBytes: number | undefined };

/** Bytes with the headers that tell what they are. */
export type Sent = { body: ReadableStream<Uint8Array>; headers: Record<string, string> };

/** An address that takes or gives bytes instead of JSON; what else it takes stands in the address. */
export type RawRoute = Pick<RestRoute, "method" | "path" | "summary"> & {
  meta: ProcedureMeta;
  input: z.ZodType;
  /** Media types of the body that it takes, or of the one it gives. */
  takes?: readonly string[];
  gives: readonly string[] | z.ZodType;
  handle: (ctx: Context, input: unknown, body: () => IncomingBody) => Promise<Sent | object>;
};

type Address = Pick<RestRoute, "path" | "summary">;

export type Download<Code extends EventCode, Schema extends z.ZodType, Outcome extends object> = Address &
  Telling<Code, z.output<Schema>, Outcome> & {
    gives: readonly string[];
    input: Schema;
    /** Finds what is asked for; nothing is sent yet. */
    run: (ctx: Called, input: z.output<Schema>) => Promise<Outcome>;
    send: (outcome: Outcome) => Sent;
    /** Of bytes that go on after they were answered: once they are over, what a second event adds to the first one's metadata. */
    over?: (outcome: Outcome) => Promise<JsonObject>;
    /** Gives back what `run` holds when the event could not be kept. */
    abandon?: (outcome: Outcome) => Promise<void>;
  };

/** Sends bytes to whoever may have them; the event is kept before the first one. */
export const download = <Code extends EventCode, Schema extends z.ZodType, Outcome extends object>(
  act: Download<Code, Schema, Outcome>,
): RawRoute => ({
  method: "GET",
  path: act.path,
  summary: act.summary,
  meta: metaOf(act),
  input: act.input,
  gives: act.gives,
  handle: async (context, rawInput) => {
    const { ctx, input } = await guard(act, act.input, context, rawInput);
    const outcome = await recordingRefusal(act, ctx, input, () => act.run(ctx, input));
    const { keeper, log } = ctx.services;
    const draft = draftOf(act, ctx, input, outcome, "success");
    try {
      await keeper.keepAlone(draft);
    } catch (error) {
      await act.abandon?.(outcome);
      throw error;
    }
    act
      .over?.(outcome)
      .then((more) => keeper.keepAlone({ ...draft, metadata: { ...draft.metadata, ...more } }))
      .catch((error) =>
        log.error({ err: error, requestId: ctx.request.id }, "the end of a download could not be kept"),
      );
    return act.send(outcome);
  },
});

export type Upload<
  Code extends EventCode,
  Schema extends z.ZodType,
  Received extends object,
  Outcome extends object,
  Answer extends object,
> = Address &
  Telling<Code, z.output<Schema>, Outcome> & {
    takes: readonly string[];
    gives: z.ZodType;
    input: Schema;
    /** Reads the body to its end. What it leaves behind `discard` takes away once it is certain that the act did not happen. */
    receive: (ctx: Called, input: z.output<Schema>, body: IncomingBody) => Promise<Received>;
    discard: (ctx: Called, received: Received) => Promise<void>;
    run: (act: { tx: Transaction; ctx: SignedIn }, input: z.output<Schema>, received: Received) => Promise<Outcome>;
    changes: (outcome: Outcome) => Changes | null;
    answer: (outcome: Outcome) => Answer;
  };

/** Takes bytes from whoever may send them; the act and its event commit together once they are safe. */
export const upload = <
  Code extends EventCode,
  Schema extends z.ZodType,
  Received extends object,
  Outcome extends object,
  Answer extends object,
>(
  act: Upload<Code, Schema, Received, Outcome, Answer>,
): RawRoute => ({
  method: "POST",
  path: act.path,
  summary: act.summary,
  meta: metaOf(act),
  input: act.input,
  takes: act.takes,
  gives: act.gives,
  handle: async (context, rawInput, body): Promise<Done<Answer>> => {
    const { ctx, input } = await guard(act, act.input, context, rawInput);
    const received = await recordingRefusal(act, ctx, input, () => act.receive(ctx, input, body()));
    try {
      // Bytes do not wait for a second person: nobody could look at them, nor keep them meanwhile.
      return (await perform({ ...act, prepare: async () => received }, ctx, input)) as Done<Answer>;
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) await act.discard(ctx, received);
      throw error;
    }
  },
});
