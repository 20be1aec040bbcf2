import { expect, test } from "vitest";
import { rawRoutes } from "../raw-routes.ts";
import { openApiDocument } from "./openapi.ts";
import { restProcedures } from "./rest.ts";

type Operation = {
  operationId: string;
  description?: string;
  security: object[];
  parameters: { name: string; in: string; required: boolean }[];
  requestBody?: { content: Record<string, { schema: { properties?: object; required?: string[] } }> };
  responses: Record<string, { content: Record<string, unknown> }>;
};
const { paths } = openApiDocument({ origin: "https://office.example", cookieName: "sid" }) as unknown as {
  paths: Record<string, Record<string, Operation>>;
};

test("every plain address is in the document once, with its method", () => {
  const found = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
  const wanted = [...restProcedures().map(({ name }) => name), ...Object.keys(rawRoutes)];
  expect(found.sort()).toEqual(wanted.sort());
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
