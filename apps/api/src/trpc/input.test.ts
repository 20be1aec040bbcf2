import { expect, test } from "vitest";
import { z } from "zod";
import { atOnce, parsedBefore } from "./input.ts";

const schema = z.strictObject({ at: z.string().transform(Number), list: z.array(z.string()).default([]) });

test("a schema that answers at once parses like its original and never offers a promise", () => {
  expect(atOnce(schema).parse({ at: "5" })).toEqual({ at: 5, list: [] });
  expect(() => atOnce(schema).parse({ at: "5", more: 1 })).toThrow(z.core.$ZodError);
  expect(atOnce(schema).parseAsync).toBeUndefined();
});

test("what was parsed before is not parsed again", () => {
  const value = { at: 5 };
  expect(parsedBefore(schema).parse(value)).toBe(value);
});

test("both describe themselves like the original, and leave it as it is", () => {
  const described = z.toJSONSchema(schema, { io: "input" });
  expect(z.toJSONSchema(atOnce(schema), { io: "input" })).toEqual(described);
  expect(z.toJSONSchema(parsedBefore(schema), { io: "input" })).toEqual(described);
  expect(schema.parse({ at: "5" })).toEqual({ at: 5, list: [] });
  expect(schema.parseAsync).toBeTypeOf("function");
});
