import type { EventCode } from "@countersign/audit/catalogue";
import type { JsonObject } from "@countersign/audit/json";
import { tracked } from "@trpc/server";
import type { z } from "zod";
import { keepRead } from "../keeping/reads.ts";
import type { Follower } from "../live/live-log.ts";
import { toTrpcError } from "./errors.ts";
import { parsedBefore } from "./input.ts";
import { guarded } from "./operation.ts";
import { type Called, draftOf, recordingRefusal, type Telling } from "./telling.ts";

export type Following<Code extends EventCode, Schema extends z.ZodType, News> = Telling<
  Code,
  z.output<Schema>,
  object
> & {
  input: Schema;
  sameAs: (input: z.output<Schema>) => JsonObject;
  /** What is told, each with the id from which it goes on after a break. */
  run: (ctx: Called, input: z.output<Schema>, follower: Follower) => AsyncIterable<{ id: string; news: News }>;
};

/** A reading that goes on: one event when it begins, kept before anything is told. It ends when the rights of the caller do. */
export const following = <Code extends EventCode, Schema extends z.ZodType, News>(
  follow: Following<Code, Schema, News>,
) =>
  guarded(follow, follow.input)
    .input(parsedBefore(follow.input))
    .subscription(async function* ({ ctx: { parsed: input, ...ctx }, signal, path }) {
      const { live, log } = ctx.services;
      let follower: Follower | undefined;
      try {
        follower = await recordingRefusal(follow, ctx, input, async () => live.join(ctx.caller, signal));
        await keepRead(ctx.services, draftOf(follow, ctx, input, {}, "success"), follow.sameAs(input));
        for await (const { id, news } of follow.run(ctx, input, follower)) yield tracked(id, news);
      } catch (thrown) {
        // Thrown where no middleware sees it any more.
        const error = toTrpcError(thrown);
        if (error.code === "INTERNAL_SERVER_ERROR") {
          log.error({ err: thrown, requestId: ctx.request.id, path }, "a subscription failed");
        }
        throw error;
      } finally {
        follower?.leave();
      }
    });
