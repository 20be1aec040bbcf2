import { z } from "zod";
import { askedAnswer } from "../approvals/answers.ts";
import { rawRoutes } from "../raw-routes.ts";
import { bodySchema, hoistDefinitions, outputSchema, schemaOf } from "./openapi-schemas.ts";
import type { RawRoute } from "./raw-route.ts";
import { type RestProcedure, restProcedures } from "./rest.ts";
import { inputSchema, type JsonSchema } from "./rest-input.ts";

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

const answers = {
  "400": "The request could not be read",
  "401": "Nobody is signed in, or the key is not good",
  "403": "The feature is missing, the password is not fresh, or the request came from another site",
  "404": "There is no such thing",
  "422": "The request was read, but something in it is not allowed",
  "429": "Too many calls; Retry-After says when",
  "503": "Nothing was changed; Retry-After says when to try again",
  default: "Refused in the same form",
};
const writing = { "409": "It was changed meanwhile, or its state does not allow this" };
const sending = {
  "413": "The body is larger than this address takes",
  "415": "The body is of a kind that this address does not take",
};

const failures = (descriptions: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(descriptions).map(([status, description]) => [
      status,
      { description, content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } } },
    ]),
  );

const parameters = (path: string, { properties = {}, required = [] }: JsonSchema) =>
  Object.entries(properties).map(([name, schema]) => ({
    name,
    in: path.includes(`{${name}}`) ? "path" : "query",
    required: required.includes(name),
    schema,
  }));

/** Features that a key can hold. */
const ofKeys = new Set(["audit.read", "audit.write"]);

const rights = (access: string) => ({
  ...(access !== "public" && access !== "signed-in" && { description: `Needs the feature \`${access}\`.` }),
  security: access === "public" ? [] : [{ session: [] }, ...(ofKeys.has(access) ? [{ key: [] }] : [])],
});

const json = (schema: JsonSchema | { anyOf: JsonSchema[] }) => ({ "application/json": { schema } });

const distinct = (schemas: readonly JsonSchema[]): JsonSchema[] => [
  ...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values(),
];

/** The body of an address in each of its forms. */
const requestBody = (forms: readonly [RestProcedure, ...RestProcedure[]]) => {
  const bodies = forms.map((procedure) => ({
    type: procedure.route.form?.mediaType ?? "application/json",
    schema: bodySchema(procedure.route.path, schemaOf(procedure)),
  }));
  const isNeeded = bodies.some(({ schema }) => schema.type === "array" || (schema.required ?? []).length > 0);
  return { required: isNeeded, content: Object.fromEntries(bodies.map(({ type, schema }) => [type, { schema }])) };
};

/** One address with one method; the first of its forms gives it its name. */
const operation = (forms: readonly [RestProcedure, ...RestProcedure[]]) => {
  const [procedure] = forms;
  const { route, name, access, input } = procedure;
  const reads = route.method === "GET";
  const outputs = distinct(forms.map(({ route }) => outputSchema(route.output)));
  const answer = json(outputs.length === 1 && outputs[0] !== undefined ? outputs[0] : { anyOf: outputs });
  return {
    operationId: name,
    summary: route.summary,
    ...rights(access),
    parameters: parameters(route.path, schemaOf(procedure)).filter(({ in: place }) => place === "path" || reads),
    ...(!reads && input !== undefined && { requestBody: requestBody(forms) }),
    responses: {
      "200": { description: "Done", content: answer },
      ...(route.accepted && {
        "202": { description: route.accepted.description, content: json(outputSchema(route.output)) },
      }),
      ...(procedure.waits && {
        "202": {
          description: "Asked: a second person decides. Nothing has been done yet",
          content: json(outputSchema(askedAnswer)),
        },
      }),
      ...failures({ ...answers, ...(!reads && { ...writing, ...sending }) }),
    },
  };
};

const bytes = (mediaTypes: readonly string[]) =>
  Object.fromEntries(mediaTypes.map((type) => [type, { schema: { type: "string", contentMediaType: type } }]));

const rawOperation = (name: string, { method, path, summary, meta, input, takes, gives }: RawRoute) => ({
  operationId: name,
  summary,
  ...rights(meta.access ?? ""),
  parameters: parameters(path, inputSchema(input)),
  ...(takes !== undefined && { requestBody: { required: true, content: bytes(takes) } }),
  responses: {
    "200": { description: "Done", content: gives instanceof z.ZodType ? json(outputSchema(gives)) : bytes(gives) },
    ...failures({ ...answers, ...(method !== "GET" && writing), ...(takes !== undefined && sending) }),
  },
});

/** The procedures of each address and method, plain JSON first. */
const byAddress = (): [RestProcedure, ...RestProcedure[]][] => {
  const found = new Map<string, [RestProcedure, ...RestProcedure[]]>();
  const procedures = restProcedures();
  const isForm = ({ route }: RestProcedure): boolean => route.form !== undefined;
  for (const procedure of [...procedures.filter((one) => !isForm(one)), ...procedures.filter(isForm)]) {
    const { method, path } = procedure.route;
    const others = found.get(`${method} ${path}`);
    if (others === undefined) found.set(`${method} ${path}`, [procedure]);
    else others.push(procedure);
  }
  return [...found.values()];
};

/** The OpenAPI 3.1 document of every plain HTTP address, made from the procedures' own schemas. */
export const openApiDocument = ({ origin, cookieName }: { origin: string; cookieName: string }) => {
  const written: Record<string, Record<string, object>> = {};
  for (const forms of byAddress()) {
    const { path, method } = forms[0].route;
    written[path] = { ...written[path], [method.toLowerCase()]: operation(forms) };
  }
  for (const [name, route] of Object.entries<RawRoute>(rawRoutes)) {
    written[route.path] = { ...written[route.path], [route.method.toLowerCase()]: rawOperation(name, route) };
  }
  const { document: paths, definitions } = hoistDefinitions(written);
  return {
    openapi: "3.1.0",
    info: { title: "Countersign", version: "0.1.0", description: "The audit trail of a permit office." },
    servers: [{ url: origin }],
    paths,
    components: {
      schemas: { Error: errorSchema, ...definitions },
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: cookieName },
        key: { type: "http", scheme: "bearer", description: "An API key: an ingest key records, a reader key reads" },
      },
    },
  };
};
