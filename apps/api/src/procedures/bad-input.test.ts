import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestApi } from "../testing.ts";
import { createOffice, type Office } from "./testing/bad-input-office.ts";
import { mark, type Spoilt, spoil, withSpoilt } from "./testing/bad-values.ts";
import { type Door, doors, refusalIn, trpcDoors } from "./testing/doors.ts";

let api: TestApi;
let office: Office;
beforeAll(async () => {
  office = await createOffice();
  api = office.api;
});
afterAll(() => api.close());

/** The classes of bad input, and which values belong to each. */
const classes: Record<string, { status: number; fits: (value: string) => boolean }> = {
  invalid_input: { status: 422, fits: () => true },
  url_too_long: { status: 400, fits: (value) => value.length > 2000 },
  unreadable: { status: 400, fits: (value) => !value.isWellFormed() },
  bad_path: { status: 404, fits: (value) => value.includes("\0") },
};

/** What stands before all procedures refuses these, and does not know whose event it would be. */
const mayBeRefusedBefore = ({ what, value }: Spoilt): boolean =>
  what === "a forbidden name" || /\0|\p{Surrogate}/u.test(String(value)) || String(value).length > 2000;

/** Holds a refusal to its form; whether a procedure refused, and not already what stands before it. */
const check = (text: string, status: number, spoilt: Spoilt, { name }: Door): boolean => {
  const { path, what, value } = spoilt;
  const hint = `${name} ${path.join(".") || "input"}: ${what} → ${status} ${text.slice(0, 300)}`;
  const { reason, requestId, message, fields } = refusalIn(text);
  expect(classes[reason]?.status, hint).toBe(status);
  expect(classes[reason]?.fits(String(value)), hint).toBe(true);
  expect(requestId, hint).toMatch(/^r_/);
  expect(message, hint).toMatch(/\.$/);
  expect(text, hint).not.toContain(mark);
  expect(Buffer.byteLength(text), hint).toBeLessThan(1024);
  const named = fields.filter(({ rule }) => rule !== "invalid_input");
  if (named.length === 0) {
    expect(mayBeRefusedBefore(spoilt), hint).toBe(true);
    return false;
  }
  const where = (/name|member/.test(what) ? path.slice(0, -1) : path).join(".");
  expect(
    named.some((field) => field.path.startsWith(where)),
    hint,
  ).toBe(true);
  return true;
};

test("no input takes members that it does not name, but for the extensions of a CloudEvent", () => {
  const open = trpcDoors.filter(({ schema }) => schema.type !== "array" && schema.additionalProperties !== false);
  expect(open.map(({ name }) => name)).toEqual(["events.recordCloudEvent"]);
});

let sent = 0;
test.each(doors)("%s refuses all that is not what it asks for, and nothing comes of it", async (_, door) => {
  const by = await office.everything();
  const before = await office.digest();
  const input = office.goodInput(door);
  let refused = 0;
  const send = async (spoilt: Spoilt): Promise<void> => {
    const answer = await door.send(by, withSpoilt(spoilt.path.length > 0 ? input : undefined, spoilt));
    if (answer === null) return;
    sent += 1;
    if (check(await answer.text(), answer.status, spoilt, door)) refused += 1;
  };
  const all = spoil(door.schema);
  // Fewer at a time than the API takes at once.
  for (let first = 0; first < all.length; first += 100) await Promise.all(all.slice(first, first + 100).map(send));
  expect(await office.digest()).toBe(before);
  const events = await api.stored({ actorId: String(by.id) });
  expect(events.filter((event) => JSON.stringify(event).includes(mark))).toEqual([]);
  const told = events.map(({ code, status, metadata }) => [code, status, Object(metadata).fields?.length > 0]);
  expect(told).toEqual(door.event === undefined ? [] : Array(refused).fill([door.event, "failed", true]));
  expect((await by.get("/api/permits")).status).toBe(200);
});

test("that was a few thousand tries, and no prototype has changed", () => {
  expect(sent).toBeGreaterThan(3000);
  expect(Object.keys(Object.getOwnPropertyDescriptors(Object.prototype))).not.toContain("polluted");
  expect(Object({}).polluted).toBeUndefined();
});
