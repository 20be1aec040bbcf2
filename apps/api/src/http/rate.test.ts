import { Hono } from "hono";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { requestIds } from "./errors.ts";
import { guards } from "./guards.ts";
import type { HttpEnv } from "./http-env.ts";
import { rateLimit } from "./rate.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const setup = (perSession: number, perAddress: number) => {
  const app = new Hono<HttpEnv>();
  app.use(requestIds({ newId: () => "r1" }), async (c, next) => {
    c.set("ip", c.req.header("test-ip"));
    await next();
  });
  app.use(guards(rateLimit({ perSession, perAddress, sessionOf: (c) => c.req.header("test-session") })));
  app.all("*", (c) => c.text("reached"));
  return async (headers: Record<string, string>, path = "/trpc/x") => {
    const answer = await app.request(path, { headers });
    return answer.status === 429 ? `429 ${answer.headers.get("retry-after")}` : answer.status;
  };
};

test("a session has exactly its calls, and again when the window is over", async () => {
  const call = setup(3, 0);
  const session = { "test-session": "a" };
  expect([await call(session), await call(session), await call(session)]).toEqual([200, 200, 200]);
  vi.advanceTimersByTime(4500);
  expect(await call(session)).toBe("429 6");
  expect(await call({ "test-session": "b" })).toBe(200);
  vi.advanceTimersByTime(5600);
  expect(await call(session)).toBe(200);
});

test("every call of a batch counts", async () => {
  const call = setup(10, 0);
  const session = { "test-session": "a" };
  expect(await call(session, "/trpc/a,b,c,d,e,f,g,h,i?batch=1")).toBe(200);
  expect(await call(session, "/trpc/a,b?batch=1")).toBe("429 10");
});

test("an address is counted over all its sessions, an IPv6 /64 as one", async () => {
  const call = setup(0, 2);
  expect(await call({ "test-ip": "2001:db8::1", "test-session": "a" })).toBe(200);
  expect(await call({ "test-ip": "2001:db8::2", "test-session": "b" })).toBe(200);
  expect(await call({ "test-ip": "2001:db8::3" })).toBe("429 10");
  expect(await call({ "test-ip": "2001:db8:0:1::3" })).toBe(200);
});

test("zero means no limit", async () => {
  const call = setup(0, 0);
  for (let count = 0; count < 50; count += 1) {
    expect(await call({ "test-ip": "192.0.2.1", "test-session": "a" })).toBe(200);
  }
});
