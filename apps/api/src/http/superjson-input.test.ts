import superjson from "superjson";
import { expect, test } from "vitest";
import { checkSuperjson } from "./superjson-input.ts";

const sent = (input: unknown) =>
  JSON.parse(JSON.stringify(superjson.serialize(input))) as { json: unknown; meta?: unknown };

test.each<[unknown]>([
  [{ permitId: 1, notes: undefined }],
  [{ from: new Date(0), n: -0, deep: [{ at: new Date(1) }], "a.b": undefined }],
  [undefined],
  [null],
])("what our own client sends for %j passes and comes out as it went in", (input) => {
  const envelope = sent(input);
  expect(checkSuperjson(envelope, 1, false)).toBeNull();
  expect(superjson.deserialize(envelope as never)).toEqual(input);
});

test("an object that stands in several places passes as copies", () => {
  const actor = { id: 1 };
  const input = { events: [{ actor }, { actor, "dotted.name": { "back\\slash": actor } }] };
  const envelope = sent(input);
  expect(envelope.meta).toHaveProperty("referentialEqualities");
  expect(checkSuperjson(envelope, 1, false)).toBeNull();
  expect(envelope.meta).not.toHaveProperty("referentialEqualities");
  expect(superjson.deserialize(envelope as never)).toEqual(input);
});

test("two objects that are said to hold each other stay copies", () => {
  const envelope = {
    json: { a: { x: {} }, b: { y: {} } },
    meta: { referentialEqualities: { a: ["b.y"], b: ["a.x"] } },
  };
  expect(() => JSON.stringify(superjson.deserialize(structuredClone(envelope) as never))).toThrow("circular");
  expect(checkSuperjson(envelope, 1, false)).toBeNull();
  expect(JSON.stringify(superjson.deserialize(envelope as never))).toBe('{"a":{"x":{}},"b":{"y":{}}}');
});

test.each<[string, unknown, string]>([
  ["a RegExp", { json: { a: "/(a+)+$/" }, meta: { values: { a: ["regexp"] } } }, "meta.values"],
  ["an Error", { json: { a: {} }, meta: { values: { a: ["Error"] } } }, "meta.values"],
  ["a Map", { json: { a: [] }, meta: { values: { a: ["map"] } } }, "meta.values"],
  ["a Set of dates", { json: { a: [] }, meta: { values: { a: ["set", { 0: ["Date"] }] } } }, "meta.values"],
  ["something below a leaf", { json: { a: "x" }, meta: { values: { a: ["Date", { b: ["Date"] }] } } }, "meta.values"],
  ["a class", { json: { a: {} }, meta: { values: { a: [["class", "X"]] } } }, "meta.values"],
  ["a deep one", { json: {}, meta: { values: { a: { b: { c: ["URL"] } } } } }, "meta.values"],
  [
    "an object that contains itself",
    { json: { a: null }, meta: { referentialEqualities: [["a"]] } },
    "meta.referentialEqualities",
  ],
  [
    "a gap for a reference",
    { json: { a: {}, b: null }, meta: { referentialEqualities: { a: ["b"] } } },
    "meta.referentialEqualities",
  ],
  [
    "a place that is not there",
    { json: { a: {} }, meta: { referentialEqualities: { a: ["b.c"] } } },
    "meta.referentialEqualities",
  ],
  ["another version", { json: {}, meta: { v: 2 } }, "meta.v"],
  ["a stranger in meta", { json: {}, meta: { x: 1 } }, "meta.x"],
  ["a stranger beside json", { json: {}, permitId: 1 }, "permitId"],
  ["a meta that is a list", { json: {}, meta: [] }, "meta"],
  ["no envelope at all", [], ""],
])("%s is refused with its place", (_name, envelope, path) => {
  expect(checkSuperjson(envelope, 1, false)?.path).toBe(path);
  expect(checkSuperjson({ 0: { json: {} }, 1: envelope }, 2, true)?.path).toBe(path === "" ? "1" : `1.${path}`);
});

test("a batch holds inputs for its calls and no others", () => {
  expect(checkSuperjson({ 0: { json: 1 }, 2: { json: 1 } }, 3, true)).toBeNull();
  expect(checkSuperjson({}, 3, true)).toBeNull();
  expect(checkSuperjson({ 3: { json: 1 } }, 3, true)).toEqual({ path: "3", rule: "unknown_field" });
  expect(checkSuperjson({ json: {} }, 3, true)).toEqual({ path: "json", rule: "unknown_field" });
  expect(checkSuperjson([{ json: {} }], 1, true)).toEqual({ path: "", rule: "not_an_object" });
});

test("a hostile meta never reaches a prototype", () => {
  for (const path of ["__proto__.polluted", "constructor.prototype.polluted"]) {
    const envelope = { json: { a: 1 }, meta: { values: { [path]: ["undefined"] } } };
    expect(checkSuperjson(envelope, 1, false)).toBeNull();
    expect(() => superjson.deserialize(envelope as never)).toThrow();
  }
  expect({}).not.toHaveProperty("polluted");
});
