import { expect, test } from "vitest";
import { sessionCookie } from "./session-cookie.ts";

const token = `${"A".repeat(42)}_`;

test("behind https the cookie is bound to the host and never sent in the clear", () => {
  const cookie = sessionCookie({ https: true });
  expect(cookie.set(token, 43_200)).toBe(
    `__Host-countersign_sid=${token}; Max-Age=43200; Path=/; HttpOnly; Secure; SameSite=Lax`,
  );
  expect(cookie.clear()).toBe("__Host-countersign_sid=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax");
});

test("on one's own machine it has the plain name", () => {
  const cookie = sessionCookie({ https: false });
  expect(cookie.set(token, 60)).toBe(`countersign_sid=${token}; Max-Age=60; Path=/; HttpOnly; SameSite=Lax`);
});

test("only our own cookie with something like a token is read", () => {
  const cookie = sessionCookie({ https: true });
  expect(cookie.read(`a=b; __Host-countersign_sid=${token}; c=d`)).toBe(token);
  for (const header of [
    undefined,
    "",
    `countersign_sid=${token}`,
    `__Host-countersign_sid=${token}x`,
    `__Host-countersign_sid=${token.slice(1)}`,
    `__Host-countersign_sid=${token.slice(1)}%00`,
    `x__Host-countersign_sid=${token}`,
  ]) {
    expect([header, cookie.read(header)]).toEqual([header, undefined]);
  }
});
