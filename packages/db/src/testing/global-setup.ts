import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import type { TestProject } from "vitest/node";
import { startEmbedded } from "../embedded.ts";
import { migrate } from "../migrate.ts";
import type {} from "../testing.ts";

/** One server a run with a migrated template; each test file copies the template. TEST_DATABASE_URL names another server. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const given = process.env.TEST_DATABASE_URL;
  const dataDir = await mkdtemp(join(tmpdir(), "countersign-test-"));
  const server = given === undefined ? await startEmbedded({ dataDir, durable: false, ephemeral: true }) : undefined;
  const url = new URL(server?.url ?? given ?? "");
  url.pathname = "/postgres";
  const sql = postgres(url.href, { max: 1, onnotice: () => undefined });
  await sql.unsafe("drop database if exists countersign_template with (force)");
  await sql.unsafe("create database countersign_template");
  const template = new URL(url);
  template.pathname = "/countersign_template";
  await migrate(template.href);
  await sql.end();
  project.provide("postgresUrl", url.href);
  return async () => {
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
};
