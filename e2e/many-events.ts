import { setTimeout as sleep } from "node:timers/promises";
import { testRecorder } from "@countersign/audit/testing/recorder";
import { keepEnvelope } from "@countersign/db/outbox";
import type { WholeProduct } from "./harness.ts";
import { asSuperuser } from "./superuser.ts";

const envelope = 500;
const people = ["Ada Lindqvist", "Bruno Okafor", "Chiara Novák", "Dmitri Haas"];

/** Keeps so many assignments of permits by four people, evenly over the days before now, as if they had come in then, and waits until all are stored. */
export const keepMany = async (
  product: WholeProduct,
  { events, days }: { events: number; days: number },
): Promise<void> => {
  const spanMs = days * 86_400_000;
  const start = Date.now() - spanMs;
  let time = start;
  const { recorder, nextId } = testRecorder("read", () => time);
  const oneEvent = (number: number) => {
    time = start + Math.floor((number / events) * spanMs);
    const event = recorder.seal({
      code: "permit_assign",
      status: number % 50 === 0 ? "failed" : "success",
      actor: { type: "user", id: String(100 + (number % 4)), label: people[number % 4] ?? "", roles: ["Supervisor"] },
      source: "app",
      object: { type: "permit", id: String(number % 5000), label: `P-2026-${String(number % 5000).padStart(6, "0")}` },
      target: { type: "user", id: "8", label: "Elif Sørensen" },
      notes: `counter ${number % 9}`,
    });
    if (event === null) throw new Error("the event was not sealed");
    return event;
  };
  await asSuperuser(product.dataDir, async (tx) => {
    for (let first = 0; first < events; first += envelope) {
      const some = Array.from({ length: envelope }, (_, index) => oneEvent(first + index));
      await keepEnvelope(tx, nextId(), some);
    }
  });
  while ((await countWaiting(product)) > 0) await sleep(500);
};

const countWaiting = (product: WholeProduct): Promise<number> =>
  asSuperuser(product.dataDir, async (tx) => {
    const [row] = await tx.sql<{ count: number }[]>`select count(*)::int as count from audit_outbox`;
    return row?.count ?? 0;
  });
