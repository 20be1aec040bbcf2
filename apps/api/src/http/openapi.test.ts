import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { rawRoutes } from "../raw-routes.ts";
import { openApiDocument } from "./openapi.ts";
import { restProcedures } from "./rest.ts";

type Operation = {
  operationId: string;
  description?: string;
  security: object[];
  parameters: { name: string; in: string; required: boolean }[];
  requestBody?: { content: Record<string, { schema: { type?: string; properties?: object; required?: string[] } }> };
  responses: Record<string, { content: Record<string, unknown> }>;
};
const document = openApiDocument({ origin: "https://office.example", cookieName: "sid" });
const paths = document.paths as Record<string, Record<string, Operation>>;

const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
const isRef = (value: object): value is { $ref: string } => "$ref" in value;
const refsOf = (value: unknown): string[] =>
  typeof value !== "object" || value === null
    ? []
    : [...(isRef(value) ? [value.$ref] : []), ...Object.values(value).flatMap(refsOf)];

test("the document is valid OpenAPI 3.1 by the specification's own schema, and every reference in it leads somewhere", async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
  const refs = [...new Set(refsOf(document))];
  expect(refs.filter((ref) => !/^#\/components\/schemas\/\w+$/.test(ref))).toEqual([]);
  const { schemas } = document.components;
  expect(refs.filter((ref) => !Object.hasOwn(schemas, ref.slice(ref.lastIndexOf("/") + 1)))).toEqual([]);
  expect(JSON.stringify(document)).not.toMatch(/\$defs|\$schema/);
});

test("a document that is not valid is told", async () => {
  const { responses: _, ...wrong } = operations[0]!;
  const answered = await new Validator().validate({
    ...document,
    paths: { "/api/x": { get: { ...wrong, parameters: 7 } } },
  });
  expect(answered.valid).toBe(false);
});

test("every plain address is in the document once, with its method", () => {
  const names = operations.map(({ operationId }) => operationId);
  const plain = restProcedures().filter(({ route }) => route.form === undefined);
  const wanted = [...plain.map(({ name }) => name), ...Object.keys(rawRoutes)];
  expect(names.sort()).toEqual(wanted.sort());
  expect(new Set(names).size).toBe(names.length);
});

test("other forms of a body stand beside its plain JSON", () => {
  for (const { route, name } of restProcedures()) {
    if (route.form === undefined) continue;
    const body = paths[route.path]?.[route.method.toLowerCase()]?.requestBody;
    expect(Object.keys(body?.content ?? {}), name).toEqual(
      expect.arrayContaining(["application/json", route.form.mediaType]),
    );
  }
  const { content = {} } = paths["/api/events"]?.post?.requestBody ?? {};
  expect(content["application/cloudevents+json"]?.schema.required).toEqual(["specversion", "id", "source", "type"]);
  expect(content["application/cloudevents-batch+json"]?.schema).toMatchObject({
    type: "array",
    maxItems: 500,
    items: { required: ["specversion", "id", "source", "type"] },
  });
});

test("keys are offered where a key can hold the feature, and nowhere else", () => {
  const keyed = operations.filter(({ security }) => security.some((scheme) => "key" in scheme));
  expect(keyed.map(({ operationId }) => operationId.split(".")[0]).filter((room) => room !== "contract")).toEqual(
    expect.arrayContaining(["audit", "events"]),
  );
  for (const { operationId, description } of keyed) {
    expect(description, operationId).toMatch(/^Needs the feature `audit\.(read|write)`\.$/);
  }
});

test("an address with parameters in its query says of what kind they are", () => {
  expect(paths["/api/audit/events"]?.get?.parameters).toEqual(
    expect.arrayContaining([
      { name: "days", in: "query", required: false, schema: { type: "integer", minimum: 1, maximum: 3660 } },
      expect.objectContaining({ name: "codes", schema: expect.objectContaining({ type: "array", maxItems: 100 }) }),
    ]),
  );
  expect(paths["/api/audit/users/{userId}/events"]?.get?.parameters[0]).toMatchObject({
    name: "userId",
    in: "path",
    required: true,
    schema: { type: "integer", minimum: 1 },
  });
});

test("what stands in the address is not asked for again in the body", () => {
  for (const [path, methods] of Object.entries(paths)) {
    for (const { parameters, requestBody } of Object.values(methods)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(
        parameters
          .filter((parameter) => parameter.in === "path")
          .map(({ name }) => name)
          .sort(),
      ).toEqual(inPath.sort());
      const body = requestBody?.content["application/json"]?.schema;
      for (const name of inPath) {
        expect(Object.keys(body?.properties ?? {}), path).not.toContain(name);
        expect(body?.required ?? [], path).not.toContain(name);
      }
    }
  }
});

test("an upload takes the bytes themselves, named in the query, and a download gives them", () => {
  const upload = paths["/api/permits/{permitId}/documents"]?.post;
  expect(upload).toMatchObject({
    operationId: "documents.upload",
    description: "Needs the feature `documents.upload`.",
    security: [{ session: [] }],
    parameters: [
      { name: "permitId", in: "path", required: true },
      { name: "name", in: "query", required: true },
      { name: "kind", in: "query", required: true },
    ],
  });
  const types = ["application/pdf", "image/png", "image/jpeg"];
  expect(Object.keys(upload?.requestBody?.content ?? {})).toEqual(types);
  expect(Object.keys(upload?.responses ?? {})).toEqual(expect.arrayContaining(["200", "413", "415", "503"]));
  const download = paths["/api/documents/{documentId}/content"]?.get;
  expect(download?.requestBody).toBeUndefined();
  expect(Object.keys(download?.responses["200"]?.content ?? {})).toEqual(types);
});
