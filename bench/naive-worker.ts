import { connect } from "@countersign/db/client";
import { Worker } from "bullmq";
import { naiveQueueName, redisAt } from "./naive-queue.ts";
import { insertPlainly, type PeerRow } from "./peer-log.ts";

// The naive pipeline's other half: 50 jobs at a time, each one event and one INSERT. Told how many to expect, it answers when it has stored them.

const { DATABASE_URL = "", REDIS_URL = "", CONNECTIONS = "10" } = process.env;
const db = connect(DATABASE_URL, { name: "naive worker", max: Number(CONNECTIONS) });
let expected = 0;
const worker = new Worker<PeerRow>(naiveQueueName, (job) => insertPlainly(db, job.data), {
  connection: { ...redisAt(REDIS_URL), maxRetriesPerRequest: null },
  concurrency: 50,
});
worker.on("completed", () => {
  expected -= 1;
  if (expected === 0) process.send?.({ done: true });
});
worker.on("failed", (_job, error) => process.send?.({ failed: String(error) }));
await worker.waitUntilReady();
process.on("message", ({ expect }: { expect: number }) => {
  expected = expect;
});
process.send?.({ type: "ready" });
for (const event of ["SIGTERM", "disconnect"]) process.on(event, () => process.exit(0));
