import { z } from "zod";
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

const parameters = (procedure: RestProcedure) => {
  const { properties = {}, required = [] } = schemaOf(procedure);
  const { path, method } = procedure.route;
  return Object.entries(properties)
    .map(([name, schema]) => ({
      name,
      in: path.includes(`{${name}}`) ? "path" : "query",
      required: required.includes(name),
      schema,
    }))
    .filter((parameter) => parameter.in === "path" || method === "GET");
};

const operation = (procedure: RestProcedure) => {
  const { route, name, access } = procedure;
  const output = z.toJSONSchema(route.output, { unrepresentable: "any" });
  const isPublic = access === "public";
  const failures = Object.entries(answers).map(([status, description]) => [
    status,
    { description, content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } } },
  ]);
  return {
    operationId: name,
    summary: route.summary,
    ...(!isPublic && access !== "signed-in" && { description: `Needs the feature \`${access}\`.` }),
    security: isPublic ? [] : [{ session: [] }],
    parameters: parameters(procedure),
    ...(route.method !== "GET" && {
      requestBody: { required: true, content: { "application/json": { schema: schemaOf(procedure) } } },
    }),
    responses: {
      "200": { description: "Done", content: { "application/json": { schema: output } } },
      ...Object.fromEntries(failures),
    },
  };
};

/** The OpenAPI 3.1 document of every plain HTTP address, made from the procedures' own schemas. */
export const openApiDocument = ({ origin, cookieName }: { origin: string; cookieName: string }) => {
  const paths: Record<string, Record<string, object>> = {};
  for (const procedure of restProcedures()) {
    const { path, method } = procedure.route;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(procedure) };
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
