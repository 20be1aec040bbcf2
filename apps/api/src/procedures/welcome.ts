import { firstSteps } from "@countersign/db/first-steps";
import { z } from "zod";
import { done } from "../domain/answers.ts";
import { DomainError } from "../domain/domain-error.ts";
import { noInput } from "../domain/fields.ts";
import { sessionOf } from "../trpc/access.ts";
import { router } from "../trpc/init.ts";
import { operation } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";

const demoAnswer = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("offered") }),
    z.object({ kind: z.literal("filling"), percent: z.number() }),
    z.object({ kind: z.literal("filled"), permits: z.number(), events: z.number(), peopleWait: z.boolean() }),
    z.object({ kind: z.literal("failed"), sentence: z.string() }),
  ])
  .nullable();

const conflict = (reason: string, sentence: string) => new DomainError("conflict", reason, sentence);

/** The first steps of a new office. */
export const welcome = router({
  state: may("system.config")
    .meta({
      rest: {
        method: "GET",
        path: "/api/welcome",
        summary: "What a new office still has before it, and whether it can be filled with a demo",
        output: z.object({
          isNew: z.boolean(),
          officeNamed: z.boolean(),
          secondPerson: z.enum(["none", "awaited", "able"]),
          demo: demoAnswer,
        }),
      },
    })
    .input(noInput)
    .query(async ({ ctx: { services } }) => ({
      ...(await firstSteps(services.db)),
      demo: services.demo?.state() ?? null,
    })),

  /** Fills the office with half a year of acts; `welcome.state` says how far that is. */
  loadDemo: operation({
    feature: "system.config",
    event: "sys_demo_loaded",
    fresh: true,
    rest: {
      method: "POST",
      path: "/api/welcome/demo",
      summary: "Fill a new office with half a year of acts, to look around in",
      output: done(),
    },
    /** That it cannot be undone. */
    input: z.strictObject({ understood: z.literal(true) }),
    run: async ({ tx, ctx: { services, session } }) => {
      const { demo } = services;
      if (demo === null) {
        throw conflict("demo_absent", "Nothing was changed: here the demo is filled by npm run demo, on the server.");
      }
      if (demo.state().kind === "filling") {
        throw conflict("demo_under_way", "Nothing was changed: the office is being filled already.");
      }
      if (!(await firstSteps(tx)).isNew) {
        throw conflict(
          "office_not_empty",
          "Nothing was changed: this office has permits or users of its own, and the demo would stand among them for ever.",
        );
      }
      tx.afterCommit(() => demo.start(session.userId));
      return {};
    },
    object: () => ({ type: "system", id: "demo", label: "the demo office" }),
    changes: () => null,
    answer: () => ({}),
  }),

  /** Gives the names and the password of the demo's people once, to who asked for the demo. */
  takeDemoPeople: may("system.config")
    .input(noInput)
    .mutation(({ ctx }) => ({ people: ctx.services.demo?.takePeople(sessionOf(ctx).userId) ?? null })),
});
