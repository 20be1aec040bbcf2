import { expect, test } from "vitest";
import type { EventDraft } from "./event.ts";
import type { EventFilter, EventPaging } from "./event-filter.ts";
import { createEventLogger } from "./logger.ts";

const receipt = { id: "e1", receivedAt: "2026-11-23T03:17:36.123Z", leafHash: "" };
const setup = () => {
  const kept: [string, EventDraft][] = [];
  const asked: [string, EventFilter, EventPaging][] = [];
  const logger = createEventLogger({
    now: () => Date.UTC(2026, 10, 23),
    keep: (tx: string, draft) => {
      kept.push([tx, draft]);
      return receipt;
    },
    list: async (tx, filter, paging) => asked.push([tx, filter, paging]),
  })("tx");
  return { logger, kept, asked };
};
const ann = { id: 7, name: "Ann", roles: ["Clerk"] };

test("an event needs its code alone; then nobody is known to have done it", () => {
  const { logger, kept } = setup();
  expect(logger.logEvent("system_backup")).toBe(receipt);
  expect(kept).toEqual([
    ["tx", { code: "system_backup", status: "success", actor: { type: "anonymous" }, source: "app" }],
  ]);
});

test("all that is said of an event is in its draft", () => {
  const { logger, kept } = setup();
  const told = {
    status: "failed",
    errorMessage: "The disk is full.",
    changes: { status: { old: null, new: "pending" } },
    notes: "second try",
    request: { ip: "192.0.2.1", method: "POST" },
  } as const;
  logger.logEvent("permit_create", {
    user: ann,
    contentType: "permit",
    objectId: 1,
    objectDescription: "P-2026-000001",
    ...told,
  });
  expect(kept).toEqual([
    [
      "tx",
      {
        code: "permit_create",
        source: "app",
        actor: { type: "user", id: "7", label: "Ann", roles: ["Clerk"] },
        object: { type: "permit", id: "1", label: "P-2026-000001" },
        ...told,
      },
    ],
  ]);
});

test("a description without an object is kept as such", () => {
  const { logger, kept } = setup();
  logger.logEvent("user_login", { status: "failed", objectDescription: "Username: (unknown)" });
  expect(kept[0]?.[1]).toMatchObject({ objectDescription: "Username: (unknown)", object: undefined });
});

test("the short forms name the permit or the user as the object, and a second party where the event has one", () => {
  const { logger, kept } = setup();
  logger.logPermitAction("permit_delete", { id: 3, permitNumber: "P-2026-000003" }, ann, { notes: "entered twice" });
  logger.logPermitAction("permit_assign", { id: 3 }, ann, { target: { type: "user", id: "8", label: "Bo" } });
  logger.logUserAction("user_deactivate", { id: 8, name: "Bo" }, null, { status: "denied" });
  expect(kept.map(([, draft]) => draft)).toMatchObject([
    { code: "permit_delete", object: { type: "permit", id: "3", label: "P-2026-000003" }, notes: "entered twice" },
    { code: "permit_assign", target: { type: "user", id: "8", label: "Bo" } },
    {
      code: "user_deactivate",
      status: "denied",
      actor: { type: "anonymous" },
      object: { type: "user", id: "8", label: "Bo" },
    },
  ]);
});

test("activity, history and logs ask for their part of the log", async () => {
  const { logger, asked } = setup();
  await logger.getUserActivity(ann);
  await logger.getUserActivity({ id: "8" }, { days: 1, limit: 5 });
  await logger.getObjectHistory("permit", 1, { cursor: "e1" });
  await logger.getEventLogs();
  await logger.getEventLogs({ statuses: ["denied"], limit: 10 });
  expect(asked).toEqual([
    ["tx", { actorType: "user", actorId: "7", fromMs: Date.UTC(2026, 9, 24) }, {}],
    ["tx", { actorType: "user", actorId: "8", fromMs: Date.UTC(2026, 10, 22) }, { limit: 5 }],
    ["tx", { objectType: "permit", objectId: "1" }, { cursor: "e1" }],
    ["tx", {}, {}],
    ["tx", { statuses: ["denied"] }, { limit: 10 }],
  ]);
});

test("what does not fit a code does not compile", () => {
  const { logger } = setup();
  // @ts-expect-error There is no such event.
  logger.logEvent("permit_aprove");
  // @ts-expect-error The platform's own events are not for callers.
  logger.logEvent("sys_heartbeat");
  // @ts-expect-error A login is not about a permit.
  logger.logEvent("user_login", { contentType: "permit", objectId: 1 });
  // @ts-expect-error An object has a type and an id.
  logger.logEvent("permit_create", { contentType: "permit" });
  // @ts-expect-error Not a permit event.
  logger.logPermitAction("user_login", { id: 1 }, ann);
  // @ts-expect-error Not a user event.
  logger.logUserAction("permit_create", { id: 1 }, ann);
  // @ts-expect-error Only the platform says that something is pending.
  logger.logEvent("permit_create", { status: "pending" });
  // @ts-expect-error Nobody is the second party of a creation.
  logger.logPermitAction("permit_create", { id: 1 }, ann, { target: { type: "user", id: "8" } });
  expect(logger.logEvent("permit_create", { notes: "this one does" })).toBe(receipt);
});
