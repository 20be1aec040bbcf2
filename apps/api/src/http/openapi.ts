import { z } from "zod";
import { rawRoutes } from "../raw-routes.ts";
import type { RawRoute } from "./raw-route.ts";
import { type RestProcedure, restProcedures } from "./rest.ts";
import { inputSchema } from "./rest-input.ts";

const errorSchema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "requestId", "message"],
      properties: {
        code: { type: "string" },
        path: { type: "string", description: "Where in the input the fault lies" },
        fields: {
          type: "array",
          items: { type: "object", properties: { path: { type: "string" }, rule: { type: "string" } } },
        },
        requestId: { type: "string" },
        message: { type: "string", description: "A finished sentence for people" },
      },
    },
  },
};

const answers: Record<string, string> = {
  "400": "The request could not be read",
  "401": "Nobody is signed in",
  "403": "The feature is missing, or the request came from another site",
  "404": "There is no such thing",
  "422": "The request was read, but something in it is not allowed",
  "429": "Too many calls; Retry-After says when",
  "503": "Nothing was changed; Retry-After says when to try again",
};

const schemaOf = ({ input, route }: RestProcedure) => {
  const schema = inputSchema(input);
  for (const [name, hint] of Object.entries(route.hints ?? {})) {
    if (schema.properties?.[name] !== undefined) schema.properties[name] = hint;
  }
  return schema;
};

const parameters = (path: string, { properties = {}, required = [] }: ReturnType<typeof inputSchema>) =>
  Object.entries(properties).map(([name, schema]) => ({
    name,
    in: path.includes(`{${name}}`) ? "path" : "query",
    required: required.includes(name),
    schema,
  }));

/** What a body may hold: everything that does not stand in the address already. */
const bodySchema = (path: string, schema: ReturnType<typeof inputSchema>) => {
  const isElsewhere = (name: string): boolean => path.includes(`{${name}}`);
  const properties = Object.entries(schema.properties ?? {}).filter(([name]) => !isElsewhere(name));
  const required = (schema.required ?? []).filter((name) => !isElsewhere(name));
  return { ...schema, properties: Object.fromEntries(properties), required };
};

const failures = (more: Record<string, string> = {}) =>
  Object.fromEntries(
    Object.entries({ ...answers, ...more }).map(([status, description]) => [
      status,
      { description, content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } } },
    ]),
  );

const rights = (access: string) => ({
  ...(access !== "public" && access !== "signed-in" && { description: `Needs the feature \`${access}\`.` }),
  security: access === "public" ? [] : [{ session: [] }],
});

const json = (output: z.ZodType) => ({
  "application/json": { schema: z.toJSONSchema(output, { unrepresentable: "any" }) },
});

const operation = (procedure: RestProcedure) => {
  const { route, name, access } = procedure;
  const schema = schemaOf(procedure);
  const all = parameters(route.path, schema);
  return {
    operationId: name,
    summary: route.summary,
    ...rights(access),
    parameters: all.filter((parameter) => parameter.in === "path" || route.method === "GET"),
    ...(route.method !== "GET" && {
      requestBody: { required: true, content: { "application/json": { schema: bodySchema(route.path, schema) } } },
    }),
    responses: { "200": { description: "Done", content: json(route.output) }, ...failures() },
  };
};

const bytes = (mediaTypes: readonly string[]) =>
  Object.fromEntries(mediaTypes.map((type) => [type, { schema: { type: "string", contentMediaType: type } }]));

const tooLarge = { "413": "The file is larger than the office allows", "415": "The file is not of an allowed kind" };

const rawOperation = (name: string, { path, summary, meta, input, takes, gives }: RawRoute) => ({
  operationId: name,
  summary,
  ...rights(meta.access ?? ""),
  parameters: parameters(path, inputSchema(input)),
  ...(takes !== undefined && { requestBody: { required: true, content: bytes(takes) } }),
  responses: {
    "200": { description: "Done", content: gives instanceof z.ZodType ? json(gives) : bytes(gives) },
    ...failures(takes === undefined ? {} : tooLarge),
  },
});

/** The OpenAPI 3.1 document of every plain HTTP address, made from the procedures' own schemas. */
export const openApiDocument = ({ origin, cookieName }: { origin: string; cookieName: string }) => {
  const paths: Record<string, Record<string, object>> = {};
  for (const procedure of restProcedures()) {
    const { path, method } = procedure.route;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(procedure) };
  }
  for (const [name, route] of Object.entries<RawRoute>(rawRoutes)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: rawOperation(name, route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Countersign", version: "0.1.0", description: "The audit trail of a permit office." },
    servers: [{ url: origin }],
    paths,
    components: {
      schemas: { Error: errorSchema },
      securitySchemes: { session: { type: "apiKey", in: "cookie", name: cookieName } },
    },
  };
};
