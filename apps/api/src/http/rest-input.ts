import { z } from "zod";

export type JsonSchema = {
  type?: string;
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
};

/** The JSON Schema of what a procedure takes, as its callers write it. */
export const inputSchema = (input: unknown): JsonSchema =>
  input === undefined
    ? {}
    : (z.toJSONSchema(input as z.ZodType, { io: "input", unrepresentable: "any" }) as JsonSchema);

const typesOf = ({ type, anyOf = [] }: JsonSchema): string[] => (type === undefined ? anyOf.flatMap(typesOf) : [type]);

/** A text of an address as the value that the schema asks for; what does not fit stays text, which the schema refuses. */
const fromText = (schema: JsonSchema, text: string): unknown => {
  const types = typesOf(schema);
  if ((types.includes("integer") || types.includes("number")) && /^-?(0|[1-9]\d{0,15})$/.test(text))
    return Number(text);
  if (types.includes("boolean") && (text === "true" || text === "false")) return text === "true";
  return text;
};

/** How the parameters in an address become the input of a procedure. */
export type AddressReader = {
  path: (params: Record<string, string>) => Record<string, unknown>;
  /** The name of a parameter that is given twice and is no list, or the members of the input. */
  query: (queries: URLSearchParams) => { repeated: string } | { members: Record<string, unknown> };
};

export const addressReader = (input: unknown): AddressReader => {
  const { properties = {} } = inputSchema(input);
  const propertyOf = (name: string): JsonSchema | undefined =>
    Object.hasOwn(properties, name) ? properties[name] : undefined;
  const listOf = (name: string): JsonSchema | undefined =>
    [propertyOf(name), ...(propertyOf(name)?.anyOf ?? [])].find((schema) => schema?.type === "array")?.items;
  return {
    path: (params) =>
      Object.fromEntries(Object.entries(params).map(([name, text]) => [name, fromText(properties[name] ?? {}, text)])),
    query: (queries) => {
      const members: [string, unknown][] = [];
      for (const name of new Set(queries.keys())) {
        const texts = queries.getAll(name);
        const item = listOf(name);
        if (item !== undefined) members.push([name, texts.map((text) => fromText(item, text))]);
        else if (texts.length > 1) return { repeated: name };
        else members.push([name, fromText(propertyOf(name) ?? {}, texts[0] ?? "")]);
      }
      // Not by assignment: `__proto__` is a name like any other here, and refused like one.
      return { members: Object.fromEntries(members) };
    },
  };
};
