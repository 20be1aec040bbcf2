import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { canonicalize } from "./canonical-json.ts";
import { detailsBytes } from "./details.ts";
import { type EventDraft, raisedSeverity, type Stamp, sealDraft } from "./event.ts";
import type { Json, JsonObject } from "./json.ts";
import { leafBytes } from "./leaf-facts.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
const stamp: Stamp = {
  id: "0192f5b2-7c1e-7b3a-9d7e-1234567890ab",
  receivedAt: "2026-11-23T03:17:36.123Z",
  severity: "high",
  policy: "decision",
  salt: new Uint8Array(32).fill(7),
};
const draft: EventDraft<"permit_approve"> = {
  code: "permit_approve",
  status: "success",
  actor: { type: "user", id: "7", label: "Ana Ruiz", roles: ["Supervisor"] },
  object: { type: "permit", id: "42", label: "P-2026-000041" },
  changes: { status: { old: "pending", new: "active" } },
  request: {
    id: "r_81",
    method: "POST",
    endpoint: "/api/permits/42/approve?force=1",
    ip: "192.0.2.17",
    userAgent: "Firefox/142",
  },
  source: "app",
  occurredAt: "2026-11-23T03:17:35.900Z",
};
const seal = (more: Partial<EventDraft> = {}) => sealDraft({ ...draft, ...more } as EventDraft, stamp, sha256);
const detailsOf = (more: Partial<EventDraft> = {}) => JSON.parse(seal(more).details) as JsonObject;
const leafOf = (more: Partial<EventDraft> = {}) => JSON.parse(seal(more).leaf) as JsonObject;

describe("what is hashed", () => {
  const details =
    '{"changes":{"status":{"new":"active","old":"pending"}},"ip":"192.0.2.17","labels":{"actor":"Ana Ruiz","object":"P-2026-000041"},"roles":["Supervisor"],"userAgent":"Firefox/142"}';
  const commitment = createHash("sha256")
    .update("countersign/details/1\n")
    .update(Buffer.alloc(32, 7))
    .update(details)
    .digest("base64");
  const leaf = `{"actor":{"id":"7","type":"user"},"category":"permit","code":"permit_approve","details":"${commitment}","id":"0192f5b2-7c1e-7b3a-9d7e-1234567890ab","object":{"id":"42","type":"permit"},"occurredAt":"2026-11-23T03:17:35.900Z","policy":"decision","receivedAt":"2026-11-23T03:17:36.123Z","request":{"endpoint":"/api/permits/42/approve","id":"r_81","method":"POST"},"severity":"high","source":"app","status":"success","v":1}`;

  test("details hold what is personal or free, the leaf the facts and a commitment, byte for byte", () => {
    expect(seal().details).toBe(details);
    expect(seal().leaf).toBe(leaf);
  });
  test("the leaf hash is that of RFC 6962", () => {
    expect(Buffer.from(seal().leafHash)).toEqual(createHash("sha256").update(Buffer.of(0)).update(leaf).digest());
  });
  test("hashes are over the UTF-8 of leaf and details", () => {
    const event = seal({ object: { type: "permit", id: "é😀€" }, notes: "é😀€" });
    const committed = createHash("sha256")
      .update("countersign/details/1\n")
      .update(stamp.salt)
      .update(event.details, "utf8");
    expect(JSON.parse(event.leaf)).toMatchObject({ object: { id: "é😀€" }, details: committed.digest("base64") });
    expect(Buffer.from(event.leafHash)).toEqual(
      createHash("sha256").update(Buffer.of(0)).update(event.leaf, "utf8").digest(),
    );
  });
  test("what is absent is left out, never null", () => {
    const bare = sealDraft(
      { code: "sys_heartbeat", status: "success", actor: { type: "platform" }, source: "worker" },
      stamp,
      sha256,
    );
    expect(bare.details).toBe("{}");
    expect(Object.keys(JSON.parse(bare.leaf) as object)).toEqual(
      "actor category code details id policy receivedAt severity source status v".split(" "),
    );
    expect(detailsOf({ changes: {}, metadata: {} })).not.toHaveProperty("changes");
  });
  test("target, approval and facts stand in the leaf", () => {
    const target = { type: "user", id: "9", label: "Ben Okoye" } as never;
    expect(leafOf({ target, approvalId: "a_1", facts: { count: 3 } })).toMatchObject({
      target: { id: "9", type: "user" },
      approval: "a_1",
      facts: { count: 3 },
    });
    expect(detailsOf({ target })).toMatchObject({ labels: { target: "Ben Okoye" } });
  });
  test("no name, address or text of a person stands in the leaf", () => {
    const { leaf: text } = seal({
      notes: "Zoë called",
      errorMessage: "Yes",
      objectDescription: "Plot",
      metadata: { a: "Xyz" },
    });
    for (const personal of [
      "Ana",
      "Ruiz",
      "192.0.2",
      "Firefox",
      "Zoë",
      "P-2026",
      "Plot",
      "Xyz",
      "Supervisor",
      "force",
    ]) {
      expect(text).not.toContain(personal);
    }
  });
});

describe("when it happened", () => {
  test("an offset becomes UTC in the leaf and stays as sent in the details", () => {
    const occurredAt = "2026-11-23t08:47:35.9007+05:30";
    expect(leafOf({ occurredAt }).occurredAt).toBe("2026-11-23T03:17:35.900Z");
    expect(detailsOf({ occurredAt }).occurredAtAsSent).toBe(occurredAt);
  });
  test("a time that is already in the one form is not kept twice", () => {
    expect(detailsOf()).not.toHaveProperty("occurredAtAsSent");
  });
  test("a time that is none is refused", () => {
    expect(() => seal({ occurredAt: "2026-02-30T00:00:00Z" })).toThrow(RangeError);
  });
});

describe("secrets", () => {
  const token = "AKIAIOSFODNN7EXAMPLE";
  test("they are out of details and leaf before anything is hashed, and counted", () => {
    const event = seal({
      changes: { password: { old: "hunter2", new: "hunter3" } },
      notes: `used ${token}`,
      object: { type: "permit", id: token },
      request: { endpoint: `/x/${token}` },
      facts: { token: "hunter4" },
    });
    expect(event.leaf + event.details).not.toMatch(/hunter|AKIA/);
    expect(JSON.parse(event.details)).toMatchObject({ redacted: 6 });
  });
  test("a secret over 8 KiB leaves no hash behind", () => {
    expect(detailsOf({ changes: { token: { old: null, new: "x".repeat(9000) } } }).changes).toEqual({
      token: { old: null, new: "[redacted:token]" },
    });
  });
});

describe("size", () => {
  const bytes = (text: string) => Buffer.byteLength(text);
  test("a changed value over 8 KiB is kept as hash, size and beginning", () => {
    const long = "x".repeat(9000);
    expect(detailsOf({ changes: { notes: { old: null, new: long } } }).changes).toEqual({
      notes: {
        old: null,
        new: { bytes: 9002, head: "x".repeat(256), sha256: sha256(Buffer.from(`"${long}"`)).toString("hex") },
      },
    });
  });
  test("other texts are kept whole up to the limit of the details", () => {
    const notes = "x".repeat(100_000);
    expect(detailsOf({ notes })).toMatchObject({ notes });
    expect(detailsOf({ notes })).not.toHaveProperty("shrunk");
  });
  test("the largest part goes first and the rest stays", () => {
    const details = detailsOf({ notes: "x".repeat(200_000), errorMessage: "y".repeat(100_000) });
    expect(details.shrunk).toBe(true);
    expect(details.errorMessage).toBe("y".repeat(100_000));
    expect(details.notes).toMatch(/^x{1024}… \[200002 bytes, sha256 [0-9a-f]{64}\]$/);
    expect(details.changes).toEqual(draft.changes);
    const other = detailsOf({ notes: "x".repeat(100_000), errorMessage: "y".repeat(200_000) });
    expect(other.notes).toBe("x".repeat(100_000));
  });
  const many = (count: number, size: number): JsonObject =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`field${index}`, "v".repeat(size)]));
  test.each<[string, Partial<EventDraft>]>([
    ["exactly too long by one byte", { notes: "x".repeat(detailsBytes) }],
    [
      "a thousand large changes",
      {
        changes: Object.fromEntries(
          Object.entries(many(1000, 3000)).map(([k, v]) => [k, { old: v as Json, new: null }]),
        ),
      },
    ],
    [
      "five thousand small changes",
      {
        changes: Object.fromEntries(
          Object.entries(many(5000, 100)).map(([k, v]) => [k, { old: v as Json, new: null }]),
        ),
      },
    ],
    ["large metadata", { metadata: many(40, 8000) }],
    ["wide metadata", { metadata: many(20_000, 10) }],
    ["a deep value", { metadata: { a: { b: { c: many(100, 3000) } } } }],
    [
      "long names",
      { actor: { type: "user", id: "1", label: "€".repeat(90_000), roles: Array(5000).fill("role".repeat(20)) } },
    ],
    ["a long code", { errorCode: "e".repeat(200_000), request: { ip: "1".repeat(200_000) } }],
    ["control characters", { notes: "\u0001".repeat(60_000), errorMessage: "\u0002".repeat(60_000) }],
    ["emoji", { notes: "😀".repeat(60_000), objectDescription: "😀".repeat(60_000) }],
  ])("%s: the act is kept, within the limit and marked", (_, more) => {
    const { details } = seal(more);
    expect(bytes(details)).toBeLessThanOrEqual(detailsBytes);
    expect(JSON.parse(details)).toMatchObject({ shrunk: true });
    expect(canonicalize(JSON.parse(details))).toBe(details);
  });
  test("details of exactly the limit are left alone", () => {
    const rest = bytes(seal({ notes: "" }).details);
    const { details } = seal({ notes: "x".repeat(detailsBytes - rest) });
    expect(bytes(details)).toBe(detailsBytes);
    expect(details).not.toContain("shrunk");
  });
  test("a leaf stays within its limit, long ids become their hash, and the details say so", () => {
    const id = "i".repeat(20_000);
    const event = seal({
      object: { type: "permit", id },
      request: { endpoint: `/${"e".repeat(9000)}` },
      facts: { a: "f".repeat(20_000) },
    });
    expect(bytes(event.leaf)).toBeLessThanOrEqual(leafBytes);
    expect(JSON.parse(event.leaf)).toMatchObject({
      object: { id: `sha256:${sha256(Buffer.from(id)).toString("hex")}` },
      facts: { bytes: 20_008 },
    });
    expect(JSON.parse(event.details)).toMatchObject({ shrunk: true });
  });
  test("a long path is left alone while the leaf has room", () => {
    const endpoint = `/${"e".repeat(8000)}`;
    expect(leafOf({ request: { endpoint } }).request).toEqual({ endpoint });
  });
  test("a User-Agent over 1 KiB is cut at a code point and marked", () => {
    const userAgent = `${"u".repeat(1023)}😀`;
    expect(detailsOf({ request: { userAgent } }).userAgent).toBe(`${"u".repeat(1023)}… [cut]`);
    expect(detailsOf({ request: { userAgent: "u".repeat(1024) } }).userAgent).toBe("u".repeat(1024));
  });
});

test.each([
  ["info", "failed", "low"],
  ["low", "denied", "medium"],
  ["medium", "failed", "high"],
  ["high", "denied", "high"],
  ["critical", "failed", "critical"],
  ["info", "success", "info"],
  ["medium", "pending", "medium"],
] as const)("severity %s counts as %s when %s → %s", (severity, status, expected) => {
  expect(raisedSeverity(severity, status)).toBe(expected);
});
