import type { z } from "zod";

const variantOf = <Schema extends z.ZodType>(schema: Schema, own: object): Schema =>
  Object.assign(Object.create(schema), { parseAsync: undefined, ...own });

/** tRPC asks a schema for a promise where it can, which keeps zod from its compiled way: this one answers at once. */
export const atOnce = <Schema extends z.ZodType>(schema: Schema): Schema => variantOf(schema, {});

/** A schema for types and documents whose value a guard has parsed already. */
export const parsedBefore = <Schema extends z.ZodType>(schema: Schema): Schema =>
  variantOf(schema, { parse: (value: unknown) => value });
