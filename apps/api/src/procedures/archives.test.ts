import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let keeper: Person;
const reason = "The court asked for it";
const manifestId = "0192f5b2-7c1e-7b3a-9d7e-1234567890ab";
beforeAll(async () => {
  api = await createTestApi();
  keeper = await api.person(["retention.read", "retention.manage"]);
  const { sql } = api.database.admin;
  await sql`insert into retention_run (state, started_by, started_at, ended_at) values ('done', 'worker', now(), now())`;
  await sql`
    insert into retention_manifest (id, run_id, policy, month, partition, epoch, first_index, last_index, count, rows, bytes, bitmap,
      bitmap_sha256, root, holds_seen, event_id, leaf, leaves_file, details_file, state, planned_at, ended_at)
    values (${manifestId}, 1, 'read', '2024-05-01', 'event_log_read_2024_05', 1, 0, 9, 10, 10, 8192, '', '', '', 0, ${manifestId}, '{}',
      'a.leaves.ndjson.gz', 'a.details.ndjson.gz', 'dropped', now(), now())`;
});
afterAll(() => api.close());

test("archives are listed with what was last asked of them, and one thing at a time is asked", async () => {
  const { items, nextCursor } = await keeper.trpc.archives.list.query({});
  expect(items).toMatchObject([
    { manifestId, policy: "read", month: "2024-05", count: 10, loaded: null, lastTask: null },
  ]);
  expect(nextCursor).toBeNull();
  await keeper.trpc.archives.verify.mutate({ manifestId });
  const [asked] = (await keeper.trpc.archives.list.query({})).items;
  expect(asked?.lastTask).toMatchObject({ kind: "verify", requestedBy: `user:${keeper.id}`, endedAt: null, ok: null });
  const again = [
    keeper.trpc.archives.verify.mutate({ manifestId }),
    keeper.trpc.archives.load.mutate({ manifestId, reason }),
    keeper.trpc.archives.unload.mutate({ manifestId, reason }),
  ];
  for (const call of again) {
    expect(await refusalOf(call)).toMatchObject({ httpStatus: 409, reason: "under_way" });
  }
});

test("what is no archive is not there, and what is no id is refused", async () => {
  const other = "0192f5b2-7c1e-7b3a-9d7e-1234567890ac";
  expect(await refusalOf(keeper.trpc.archives.load.mutate({ manifestId: other, reason }))).toMatchObject({
    httpStatus: 404,
  });
  for (const bad of ["", "../../etc/passwd", "1", `${manifestId}/..`]) {
    expect(await refusalOf(keeper.trpc.archives.load.mutate({ manifestId: bad, reason }))).toMatchObject({
      httpStatus: 422,
    });
  }
  const reader = await api.person(["retention.read"]);
  expect(await refusalOf(reader.trpc.archives.load.mutate({ manifestId, reason }))).toMatchObject({ httpStatus: 403 });
});

test("loading and taking out need a reason, which is kept until an event has it and shown in no list", async () => {
  for (const act of ["load", "unload"] as const) {
    for (const missing of [{}, { reason: " " }]) {
      const refused = keeper.trpc.archives[act].mutate({ manifestId, ...missing } as {
        manifestId: string;
        reason: string;
      });
      expect(await refusalOf(refused)).toMatchObject({ httpStatus: 422 });
    }
  }
  const { sql } = api.database.admin;
  await sql`update archive_task set ended_at = now(), ok = true`;
  await keeper.trpc.archives.load.mutate({ manifestId, reason });
  expect([...(await sql`select kind, reason from archive_task where ended_at is null`)]).toEqual([
    { kind: "load", reason },
  ]);
  expect(JSON.stringify((await keeper.trpc.archives.list.query({})).items)).not.toContain(reason);
});
