import { customerEventCodes, eventType, type Status } from "@countersign/audit/catalogue";
import { raisedSeverity } from "@countersign/audit/event";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rawRoutes } from "../apps/api/src/raw-routes.ts";
import { appRouter } from "../apps/api/src/router.ts";
import type { ProcedureMeta } from "../apps/api/src/trpc/init.ts";
import { type Emitter, emitters, later, type Told } from "./catalogue/emitters.ts";
import { type Office, openOffice } from "./catalogue/office.ts";
import { isMissing, type Product, startProduct, startRedis } from "./harness.ts";

type Walked = { _def: { meta?: ProcedureMeta } };
const declared = [
  ...Object.entries(appRouter._def.procedures as unknown as Record<string, Walked>).map(
    ([name, { _def }]) => [name, _def.meta?.events ?? []] as const,
  ),
  ...Object.entries(rawRoutes).map(([name, { meta }]) => [name, meta.events ?? []] as const),
].flatMap(([name, codes]) => codes.map((code) => `${name} ${code}`));
const ofTheOffice = (pair: string) => (customerEventCodes as readonly string[]).includes(pair.split(" ")[1] ?? "");

test("each event of each operation is called here, and nothing else", () => {
  expect(emitters.map(({ by, code }) => `${by} ${code}`).sort()).toEqual(declared.filter(ofTheOffice).sort());
});

test("of the 39 events each is emitted by an operation, or named with what it comes with", () => {
  const emitted = new Set(emitters.map(({ code }) => code));
  expect(customerEventCodes).toHaveLength(39);
  expect(Object.keys(later).sort()).toEqual(customerEventCodes.filter((code) => !emitted.has(code)).sort());
  expect(emitted.size).toBe(35);
  const rows = customerEventCodes.map((code) => {
    const by = emitters.filter((emitter) => emitter.code === code).map((emitter) => emitter.by);
    return `  ${String(eventType(code).id).padStart(2)} ${code.padEnd(22)} ${by.join(", ") || `not yet: ${later[code]}`}`;
  });
  console.log(`${emitted.size} of 39 events are emitted:\n${rows.join("\n")}`);
});

const backends = [
  { queue: "the database", needsRedis: false },
  { queue: "Redis", needsRedis: true },
];
const outcomes = [
  ["success", "succeed"],
  ["failed", "fail"],
  ["denied", "deny"],
] as const satisfies [Status, keyof Emitter][];

describe.each(backends)("with the queue in $queue", ({ needsRedis }) => {
  describe.skipIf(needsRedis && isMissing("redisServer"))("", () => {
    let product: Product;
    let redis: Product | null = null;
    let office: Office;
    beforeAll(async () => {
      redis = needsRedis ? await startRedis() : null;
      product = await startProduct(redis ? { REDIS_URL: redis.url } : {});
      office = await openOffice(product.url);
      // Each read counts here: collapsing has tests of its own.
      await office.admin.trpc.settings.change.mutate({ key: "audit.collapse_seconds", value: 0 });
      await office.admin.trpc.settings.change.mutate({ key: "signin.per_minute_per_network", value: 1000 });
    });
    afterAll(async () => {
      await product?.stop();
      await redis?.stop();
    });

    const find = async (code: string, status: Status, { objectId }: Told) => {
      const filter = {
        codes: [code],
        statuses: [status],
        ...(objectId !== undefined && { objectId: String(objectId) }),
      };
      return (await office.admin.trpc.audit.list.query({ ...filter, limit: 1 })).entries[0];
    };

    for (const emitter of emitters) {
      for (const [status, outcome] of outcomes) {
        const act = emitter[outcome];
        if (typeof act === "string") continue;
        test(`${emitter.by} leaves ${emitter.code} that is ${status}`, async () => {
          const { code } = emitter;
          const type = eventType(code);
          const from = new Date().toISOString();
          const told = await act(office);
          const severity = code === "permit_renew" ? undefined : raisedSeverity(type.severity, status);
          await expect
            .poll(() => find(code, status, told).then((entry) => (entry?.receivedAt ?? "") >= from), {
              timeout: 15_000,
            })
            .toBe(true);
          const entry = await find(code, status, told);
          expect(entry).toMatchObject({
            code,
            status,
            category: type.category,
            policy: type.policy,
            ...(severity !== undefined && { severity }),
            name: type.name,
            object: told.objectId === undefined ? null : { type: type.objectType, id: String(told.objectId) },
            source: "app",
            ip: "127.0.0.1",
          });
          if (status === "success")
            expect(Object.keys(entry?.changes ?? {}).sort()).toEqual([...(told.changed ?? [])].sort());
          else expect(entry).toMatchObject({ changes: null, errorMessage: expect.stringMatching(/./) });
        });
      }
    }
  });
});
