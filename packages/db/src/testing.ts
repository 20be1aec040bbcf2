import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { inject } from "vitest";
import { connect, type Database } from "./client.ts";
import { type ConnectionUrls, connectionUrls } from "./database-roles.ts";
// Declares what the global set-up provides, in whichever package a test stands.
import type {} from "./testing/global-setup.ts";

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

export type TestDatabase = {
  /** The superuser's address of this file's own database. */
  adminUrl: string;
  urls: ConnectionUrls;
  /** Connected as the superuser, the api's and the worker's role. */
  admin: Database;
  api: Database;
  worker: Database;
  drop(): Promise<void>;
};

/** A fresh migrated database on the run's server; call once a file and `drop` it in the end. */
export const createTestDatabase = async (): Promise<TestDatabase> => {
  const serverUrl = inject("postgresUrl");
  const name = `test_${randomBytes(6).toString("hex")}`;
  const server = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  await server`select pg_advisory_lock(1)`;
  await server.unsafe(`create database ${name} template countersign_template`);
  await server.unsafe(`grant create on database ${name} to countersign_owner`);
  await server.end();
  const adminUrl = new URL(serverUrl);
  adminUrl.pathname = `/${name}`;
  const urls = await connectionUrls(adminUrl.href);
  const admin = connect(adminUrl.href, { name: "test admin", max: 4 });
  const api = connect(urls.api, { name: "test api" });
  const worker = connect(urls.worker, { name: "test worker", max: 4 });
  return {
    adminUrl: adminUrl.href,
    urls,
    admin,
    api,
    worker,
    drop: async () => {
      await Promise.all([admin.end(1), api.end(1), worker.end(1)]);
      const again = postgres(serverUrl, { max: 1, onnotice: () => undefined });
      await again.unsafe(`drop database ${name} with (force)`);
      await again.end();
    },
  };
};
