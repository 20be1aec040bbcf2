import type { z } from "zod";

/** Settings that were given; empty ones count as absent. */
export const givenSettings = (source: Record<string, string | undefined>): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));

/** Reads the settings of a process. Throws an error whose message is one sentence a mistake. */
export const readSettings = <Schema extends z.ZodType>(
  schema: Schema,
  source: Record<string, string | undefined>,
): z.output<Schema> => {
  const result = schema.safeParse(givenSettings(source));
  if (result.success) return result.data;
  throw new Error(result.error.issues.map(({ path, message }) => `${path.join(".")} is wrong: ${message}.`).join("\n"));
};
