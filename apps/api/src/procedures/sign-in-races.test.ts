import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, type TestApi } from "../testing.ts";

const password = "gravel-lantern-orbit-42";

let api: TestApi;
let clerk: Person;
let another = "";
beforeAll(async () => {
  api = await createTestApi({ settings: { "signin.per_minute_per_network": 200 } });
  clerk = await api.person([], "Clara Clerk");
  const { passwords } = api.services.accounts;
  another = await passwords.hash("violet-harbour-ninety-7");
  await setPassword(await passwords.hash(password));
});
afterAll(() => api.close());

const setPassword = (hash: string) =>
  api.database.admin.sql`update users set password_hash = ${hash} where id = ${clerk.id}`;
const sessionsOf = () => api.database.admin.sql`select from sessions where user_id = ${clerk.id}`;
const lastEvent = async () => (await api.stored()).at(-1);

/** Holds the account, as whoever changes it does, until the call waits for it; then changes it and lets go. */
const meanwhile = async (call: () => Promise<Response>, change: string): Promise<Response> => {
  let answer: Promise<Response> | undefined;
  await api.database.admin.sql.begin(async (tx) => {
    await tx`select from users where id = ${clerk.id} for update`;
    answer = call();
    await sleep(400);
    await tx.unsafe(change);
  });
  return answer as Promise<Response>;
};
const endSessions = () => `delete from sessions where user_id = ${clerk.id}`;
const signIn = () => api.caller().post("/api/auth/login", { username: "Clara Clerk", password });

test("a password that is replaced while it is being checked opens no session", async () => {
  const { hash } = (
    await api.database.admin.sql`select password_hash as hash from users where id = ${clerk.id}`
  )[0] as {
    hash: string;
  };
  const answer = await meanwhile(
    signIn,
    `update users set password_hash = '${another}' where id = ${clerk.id}; ${endSessions()}`,
  );
  expect([answer.status, await answer.json()]).toMatchObject([401, { error: { code: "sign_in_failed" } }]);
  expect(await sessionsOf()).toHaveLength(0);
  expect(await lastEvent()).toMatchObject({ code: "user_login", status: "failed", actor: { type: "anonymous" } });
  await setPassword(hash);
  expect((await signIn()).status).toBe(200);
});

test("an account that is switched off while its password is being checked opens no session", async () => {
  const answer = await meanwhile(
    signIn,
    `update users set status = 'inactive' where id = ${clerk.id}; ${endSessions()}`,
  );
  await api.database.admin.sql`update users set status = 'active' where id = ${clerk.id}`;
  expect(answer.status).toBe(401);
  expect(await sessionsOf()).toHaveLength(0);
});

test("a session that is ended while its password is given again stays ended", async () => {
  const { token } = await api.services.accounts.sessions.create(api.database.api, {
    userId: clerk.id,
    ip: undefined,
    userAgent: undefined,
  });
  const again = () => api.caller({ token }).post("/api/auth/reauthenticate", { password });
  const answer = await meanwhile(again, endSessions());
  expect(answer.status).toBe(401);
  expect(answer.headers.get("set-cookie")).toBeNull();
  expect(await sessionsOf()).toHaveLength(0);
});
