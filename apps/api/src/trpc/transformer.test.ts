import superjson from "superjson";
import { expect, test } from "vitest";
import { transformer } from "./transformer.ts";

const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const values: [string, unknown][] = [
  ["a receipt", { results: [{ outcome: "kept", receipt: { id: "1", leafHash: "x=" } }, { receipt: null }] }],
  ["a date", { at: new Date(0), list: [new Date(1)] }],
  ["an absent member", { a: undefined, b: 1 }],
  ["nothing", undefined],
  ["numbers that JSON does not have", [Number.NaN, Number.POSITIVE_INFINITY, -0]],
  ["a bigint", { big: 12n }],
  ["a map and a set", { map: new Map([["a", new Set([1])]]) }],
  ["an error", { error: new RangeError("x") }],
  ["an object without a prototype", Object.assign(Object.create(null), { a: [1, "b", true, null] })],
];

test.each(values)("a client reads %s as superjson would have sent it", (_, value) => {
  const read = (sent: unknown) => superjson.deserialize(overTheWire(sent) as never);
  expect(read(transformer.serialize(value))).toEqual(read(superjson.serialize(value)));
});

test.each(values)("%s sent by a superjson client is read as superjson would read it", (_, value) => {
  const sent = superjson.serialize(value);
  expect(transformer.deserialize(overTheWire(sent) as never)).toEqual(
    superjson.deserialize(overTheWire(sent) as never),
  );
});

test("plain JSON goes without annotations and without being copied", () => {
  const value = { a: [{ b: 1 }] };
  expect(transformer.serialize(value)).toEqual({ json: value });
  expect(transformer.deserialize({ json: value })).toBe(value);
});
