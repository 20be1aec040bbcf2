import type { EventEmitter } from "node:events";
import pg from "pg";

export const queueSchema = "bullmq";

// PostgreSQL asks for the right to create schemas in the database even when this one exists; the queue's role owns
// its schema and has no such right.
const createSchema = `CREATE SCHEMA IF NOT EXISTS "${queueSchema}"`;
const createMissingSchema = `do $$ begin
  if to_regnamespace('${queueSchema}') is null then create schema ${queueSchema}; end if;
end $$`;

const { Client } = pg;

/**
 * A client for the pools of BullMQ that makes the schema only where it is missing, and whose lost connection is told by
 * the query that fails: without a listener of its own, one that is lost while a pool has lent it out ends the process.
 * To be called with `new`.
 */
export function QueueClient(config?: string | pg.ClientConfig): pg.Client {
  const client = new Client(config);
  client.on("error", () => undefined);
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const rewritten = (first: unknown, ...rest: unknown[]) =>
    query(first === createSchema ? createMissingSchema : first, ...rest);
  return Object.assign(client, { query: rewritten as typeof client.query });
}

/**
 * The client that BullMQ listens for jobs with. It takes it from the module and not from its options, and begins to hear
 * its errors a moment after it has connected; what was lost in that moment is told once it hears, so that it connects again.
 */
function ListeningClient(config?: string | pg.ClientConfig): pg.Client {
  const client = QueueClient(config);
  let lost: Error | undefined;
  client.on("error", (error) => {
    lost = error;
  });
  (client as EventEmitter).on("newListener", (event: string, hear: (error: Error) => void) => {
    if (event === "error") queueMicrotask(() => lost && hear(lost));
  });
  return client;
}

/** Lets BullMQ find that client where it looks for one. */
export const installListeningClient = (): void => {
  Object.assign(pg, { Client: ListeningClient });
};
