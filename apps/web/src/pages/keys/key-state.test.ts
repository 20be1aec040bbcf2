import { expect, test } from "vitest";
import { curlLine, endOf, keyState, readNetworks } from "./key-state.ts";

const now = Date.parse("2026-11-30T12:00:00Z");

test("a key is valid until it ends or is revoked, whichever comes first", () => {
  const expiresAt = "2026-12-03T11:00:00Z";
  expect(keyState({ expiresAt, revokedAt: null }, now)).toEqual({ state: "valid", daysLeft: 2 });
  expect(keyState({ expiresAt, revokedAt: null }, Date.parse(expiresAt))).toEqual({ state: "over" });
  expect(keyState({ expiresAt, revokedAt: "2026-11-01T00:00:00Z" }, now)).toEqual({ state: "revoked" });
});

test("networks are read line by line, once each, and what is none is named", () => {
  expect(readNetworks(" 10.20.0.0/16\n\nfd00::/8, 10.20.0.0/16")).toEqual({
    networks: ["10.20.0.0/16", "fd00::/8"],
    wrong: null,
  });
  expect(readNetworks("10.0.0.1\nthe office").wrong).toBe("the");
  expect(readNetworks("")).toEqual({ networks: [], wrong: null });
});

test("a key ends with its last day, which lies ahead and at most one year ahead", () => {
  expect(endOf("2026-12-31", "utc", now)).toBe("2026-12-31T23:59:59.999Z");
  expect(endOf("2026-11-29", "utc", now)).toBeNull();
  expect(endOf("2027-11-29", "utc", now)).toBe("2027-11-29T23:59:59.999Z");
  expect(endOf("2027-11-30", "utc", now)).toBeNull();
  expect(endOf("", "utc", now)).toBeNull();
});

test("the line to try a key does what the key is for, safe in a shell", () => {
  expect(curlLine({ kind: "reader", codes: [] }, "cs_1", "http://x")).toBe(
    "curl -H 'authorization: Bearer cs_1' 'http://x/api/audit/events?days=7&limit=1'",
  );
  expect(curlLine({ kind: "stream", codes: [] }, "cs_1", "http://x")).toBe(
    "curl -H 'authorization: Bearer cs_1' -N 'http://x/api/audit/stream?format=cloudevents'",
  );
  expect(curlLine({ kind: "ingest", codes: ["a'b"] }, "cs_1", "http://x")).toContain(`-d '{"code":"a'\\''b"}'`);
});
