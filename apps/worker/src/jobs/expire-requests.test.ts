import { testRecorder } from "@countersign/audit/testing/recorder";
import { storeAllWaiting } from "@countersign/db/store";
import { createTestDatabase, type TestDatabase } from "@countersign/db/testing";
import type { Log } from "@countersign/service/log";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expireRequestsJob } from "./expire-requests.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("what nobody decided in time is closed once, each with an event that names the act and who asked", async () => {
  const { sql } = database.admin;
  const now = Date.now();
  await sql`
    insert into approval_request (event, operation, feature, input, object_version, hash, object, changes, requester_id,
      requester_name, reason, quorum, created_at, expires_at)
    select 'permit_delete', 'permits.delete', 'permits.delete', '{}', '{}', sha256(n::text::bytea),
      '{"type":"permit","id":"7","label":"P-2026-000007"}', '{}', 5, 'Ada', 'x', 1, now(), now() + n * interval '1 hour'
    from generate_series(-2, 1) as n`;
  const published: string[] = [];
  const { recorder, nextId } = testRecorder("decision");
  const log = { info: () => undefined } as unknown as Log;
  const run = expireRequestsJob({
    ...{ db: database.worker, recorder, nextId, log, now: () => now + 1000 },
    publish: (ids) => published.push(...ids),
  });
  expect(await run()).toEqual({ expired: 3 });
  expect(await run()).toEqual({ expired: 0 });
  expect(published).toHaveLength(1);
  expect(await sql`select state, count(*)::int as count from approval_request group by state order by state`).toEqual([
    { state: "expired", count: 3 },
    { state: "pending", count: 1 },
  ]);
  await storeAllWaiting(database.worker);
  const events = await sql`select code, object_id, target_id, approval_id from event_log order by approval_id`;
  expect(events).toEqual(
    ["1", "2", "3"].map((id) => ({ code: "sys_approval_expired", object_id: "7", target_id: "5", approval_id: id })),
  );
});
