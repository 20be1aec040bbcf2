import { z } from "zod";
import type { RestProcedure } from "./rest.ts";
import { inputSchema, type JsonSchema } from "./rest-input.ts";

/** What a procedure takes; of what it judges later its route says more. */
export const schemaOf = ({ input, route }: RestProcedure): JsonSchema => {
  const schema = inputSchema(input);
  for (const [name, hint] of Object.entries(route.hints ?? {})) {
    if (name === "items") schema.items = hint;
    else if (schema.properties?.[name] !== undefined) schema.properties[name] = hint;
  }
  return schema;
};

/** What a body may hold: everything that does not stand in the address already. */
export const bodySchema = (path: string, schema: JsonSchema): JsonSchema => {
  if (schema.properties === undefined) return schema;
  const isElsewhere = (name: string): boolean => path.includes(`{${name}}`);
  const properties = Object.entries(schema.properties).filter(([name]) => !isElsewhere(name));
  const required = (schema.required ?? []).filter((name) => !isElsewhere(name));
  return { ...schema, properties: Object.fromEntries(properties), required };
};

export const outputSchema = (output: z.ZodType): JsonSchema =>
  z.toJSONSchema(output, { unrepresentable: "any" }) as JsonSchema;

/**
 * Moves what schemas define for themselves (`$defs`, which `$ref` finds only at the top of a document) among the components
 * of the document, equal definitions once.
 */
export const hoistDefinitions = <Document extends object>(
  document: Document,
): { document: Document; definitions: Record<string, unknown> } => {
  const definitions: Record<string, unknown> = {};
  const nameOf = new Map<string, string>();
  const walk = (value: unknown, names: Record<string, string>): unknown => {
    if (Array.isArray(value)) return value.map((item) => walk(item, names));
    if (typeof value !== "object" || value === null) return value;
    const { $defs, $schema: _, ...members } = value as Record<string, unknown>;
    const known = { ...names };
    for (const [local, definition] of Object.entries(($defs ?? {}) as Record<string, unknown>)) {
      const text = JSON.stringify(definition);
      const name = nameOf.get(text) ?? `Shared${nameOf.size + 1}`;
      known[local] = name;
      if (nameOf.has(text)) continue;
      nameOf.set(text, name);
      definitions[name] = walk(definition, { ...known });
    }
    return Object.fromEntries(
      Object.entries(members).map(([key, member]) => {
        const local = key === "$ref" ? /^#\/\$defs\/(.+)$/.exec(String(member))?.[1] : undefined;
        return [key, local === undefined ? walk(member, known) : `#/components/schemas/${known[local]}`];
      }),
    );
  };
  return { document: walk(document, {}) as Document, definitions };
};
