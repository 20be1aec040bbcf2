import { Hono } from "hono";
import { expect, test } from "vitest";
import { requestIds, unexpectedError } from "./errors.ts";
import { type Guard, guards } from "./guards.ts";
import type { HttpEnv } from "./http-env.ts";
import { batchLimit, bodyLimit, callsOf, inFlightLimit, limits, plainAddress } from "./limits.ts";

const appWith = (...inOrder: Guard[]) => {
  const app = new Hono<HttpEnv>();
  app.use(requestIds({ newId: () => "r1" }), guards(...inOrder));
  app.all("*", (c) => c.text("reached"));
  return app;
};

test("an address may have 8 KiB and not one byte more", async () => {
  const app = appWith(plainAddress());
  const path = (bytes: number) => `/trpc/x?input=${"a".repeat(bytes - "/trpc/x?input=".length)}`;
  expect((await app.request(path(limits.urlBytes))).status).toBe(200);
  const answer = await app.request(path(limits.urlBytes + 1));
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { error: expect.objectContaining({ code: "url_too_long" }) },
  ]);
});

test("an escape that is not UTF-8 is unreadable, in the path and in the query", async () => {
  const app = appWith(plainAddress());
  for (const path of ["/a%C0%80", "/a?b=%ff", "/a?b=%", "/a?b=%zz"]) {
    expect([path, (await app.request(path)).status]).toEqual([path, 400]);
  }
  expect((await app.request("/a?b=%2f..%2f&c=%C3%A9//")).status).toBe(200);
});

test("only the two batch addresses take 4 MiB", () => {
  expect(bodyLimit("/trpc/events.recordMany")).toBe(4 * 1024 * 1024);
  expect(bodyLimit("/api/events/batch")).toBe(4 * 1024 * 1024);
  for (const path of [
    "/trpc/events.record",
    "/trpc/events.recordMany,permits.read",
    "/api/events",
    "/trpc/events.recordMany/",
  ]) {
    expect([path, bodyLimit(path)]).toEqual([path, 256 * 1024]);
  }
});

test("a tRPC batch holds at most ten calls, each counted", async () => {
  const app = appWith(batchLimit());
  const batch = (calls: number) => `/trpc/${Array(calls).fill("permits.list").join(",")}?batch=1`;
  expect(callsOf(batch(10).split("?")[0] ?? "")).toBe(10);
  expect((await app.request(batch(10))).status).toBe(200);
  const answer = await app.request(batch(11));
  expect(answer.status).toBe(400);
  // The tRPC client finds what it looks for beside the one error body.
  expect(await answer.json()).toMatchObject({
    error: {
      code: "batch_too_large",
      json: { code: -32600, data: { httpStatus: 400, reason: "batch_too_large", requestId: "r1" } },
    },
  });
});

test("requests over the limit of what is worked on get 503 with Retry-After, the next one works again", async () => {
  const app = new Hono<HttpEnv>();
  const waiting: (() => void)[] = [];
  const reported: string[] = [];
  app.onError(unexpectedError((error, requestId) => reported.push(`${requestId} ${error.message}`)));
  app.use(requestIds({ newId: () => "r1" }), inFlightLimit({ max: 2 }));
  app.get("/slow", async (c) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return c.text("done");
  });
  app.get("/broken", () => {
    throw new Error("broken");
  });
  const running = [app.request("/slow"), app.request("/slow")];
  await expect.poll(() => waiting.length).toBe(2);
  const refused = await app.request("/slow");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
  for (const finish of waiting) finish();
  await Promise.all(running);
  for (let call = 0; call < 3; call += 1) {
    const answer = await app.request("/broken");
    expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining("broken")]);
  }
  expect(reported).toEqual(Array(3).fill("r1 broken"));
});
