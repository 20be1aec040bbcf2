import type { Handler } from "@countersign/queue/consume";
import type { QueueName } from "@countersign/queue/queues";
import type { Deps } from "./deps.ts";
import { ensurePartitionsJob } from "./jobs/ensure-partitions.ts";
import { storeEvents } from "./jobs/store-events.ts";

/** Queue name to processor; a missing one does not compile. */
export const processors = (deps: Deps) =>
  ({
    "store-events": storeEvents(deps),
    "ensure-partitions": ensurePartitionsJob(deps),
  }) satisfies { [Name in QueueName]: Handler<Name> };
