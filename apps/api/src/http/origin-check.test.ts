import { Hono } from "hono";
import { expect, test } from "vitest";
import { requestIds } from "./errors.ts";
import { guards } from "./guards.ts";
import type { HttpEnv } from "./http-env.ts";
import { jsonOnly, originCheck } from "./origin-check.ts";

const app = new Hono<HttpEnv>();
app.use(
  requestIds({ newId: () => "r1" }),
  guards(originCheck({ origins: () => ["https://ours.example"] }), jsonOnly()),
);
app.all("/trpc/x", (c) => c.text("reached"));

const send = async (headers: Record<string, string | undefined>, method = "POST", body: string | null = "{}") => {
  const sent = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return app.request("/trpc/x", { method, headers: sent, body: method === "POST" ? body : null });
};

const types = ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", undefined];
const origins = ["https://ours.example", "https://evil.example", "null", undefined];
const sites = ["same-origin", "same-site", "cross-site", "none"];

test("of 5 types, 4 origins and 4 fetch sites only JSON from our own page is reached", async () => {
  const reached: string[] = [];
  for (const type of types) {
    for (const origin of origins) {
      for (const site of sites) {
        const answer = await send({ "content-type": type, origin, "sec-fetch-site": site, cookie: "a=b" });
        const allowedOrigin = origin === origins[0] || (origin === undefined && site === "same-origin");
        const expected = !allowedOrigin ? 403 : type === "application/json" ? 200 : 415;
        expect([type, origin, site, answer.status]).toEqual([type, origin, site, expected]);
        expect(answer.headers.get("access-control-allow-origin")).toBeNull();
        if (answer.status === 200) reached.push(`${origin} ${site}`);
      }
    }
  }
  expect(reached).toHaveLength(5);
});

test("a program that is no browser may call without an origin", async () => {
  expect((await send({ "content-type": "application/json" })).status).toBe(200);
});

test("any fetch metadata, any cookie or any origin ends that exemption", async () => {
  const json = { "content-type": "application/json" };
  expect((await send({ ...json, "sec-fetch-mode": "cors" })).status).toBe(403);
  expect((await send({ ...json, "sec-fetch-storage-access": "active" })).status).toBe(403);
  expect((await send({ ...json, cookie: "x=1" })).status).toBe(403);
  expect((await send({ ...json, origin: "https://ours.example.evil.example" })).status).toBe(403);
  expect((await send({ ...json, origin: "https://ours.example:444" })).status).toBe(403);
  expect((await send({ ...json, origin: "HTTPS://OURS.EXAMPLE" })).status).toBe(403);
});

test("a key without a cookie is exempt, with a cookie it is not", async () => {
  const key = { "content-type": "application/json", authorization: "Bearer cs_1_x", origin: "https://evil.example" };
  expect((await send(key)).status).toBe(200);
  expect((await send({ ...key, cookie: "x=1" })).status).toBe(403);
  expect((await send({ ...key, authorization: "Basic eDp5" })).status).toBe(403);
});

test("every method but GET and HEAD is checked", async () => {
  const foreign = { origin: "https://evil.example" };
  for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]) {
    expect([method, (await send(foreign, method)).status]).toEqual([method, 403]);
  }
  expect((await send(foreign, "GET")).status).toBe(200);
  expect((await send(foreign, "HEAD")).status).toBe(200);
});

test("another site cannot make somebody read, which would be recorded as theirs", async () => {
  const get = async (path: string, site?: string, method = "GET") =>
    (await app.request(path, { method, headers: site === undefined ? {} : { "sec-fetch-site": site } })).status;
  for (const path of ["/trpc/x", "/api/permits/1", "/api/permits/export"]) {
    for (const site of ["cross-site", "same-site"]) {
      expect([path, site, await get(path, site)]).toEqual([path, site, 403]);
      expect([path, site, await get(path, site, "HEAD")]).toEqual([path, site, 403]);
    }
    for (const site of ["same-origin", "none", undefined]) expect(await get(path, site)).not.toBe(403);
  }
  expect(await get("/permits/1", "cross-site")).toBe(404);
});

test("bodies are plain UTF-8 JSON", async () => {
  const status = async (headers: Record<string, string>) => (await send(headers)).status;
  expect(await status({ "content-type": "application/json; charset=utf-8" })).toBe(200);
  expect(await status({ "content-type": 'Application/JSON;charset="UTF-8"' })).toBe(200);
  expect(await status({ "content-type": "application/json; charset=utf-16" })).toBe(415);
  expect(await status({ "content-type": "application/jsonp" })).toBe(415);
  expect(await status({ "content-type": "application/json, text/plain" })).toBe(415);
  expect(await status({ "content-type": "application/octet-stream" })).toBe(415);
  expect(await status({ "content-type": "application/json", "content-encoding": "gzip" })).toBe(415);
  expect(await status({ "content-type": "application/json", "content-encoding": "identity" })).toBe(415);
});

test("a foreign type is refused even when there is no body", async () => {
  expect((await send({ "content-type": "multipart/form-data" }, "POST", null)).status).toBe(415);
  expect((await send({}, "POST", null)).status).toBe(200);
});

test("an address that takes files takes no JSON, and only files of its types", async () => {
  const files = new Hono<HttpEnv>();
  const rawTypes = (method: string) => (method === "POST" ? ["image/png"] : undefined);
  files.use(requestIds({ newId: () => "r1" }), guards(jsonOnly({ rawTypes })));
  files.all("*", (c) => c.text("reached"));
  const status = async (type: string | undefined, method = "POST", encoding = {}) => {
    const headers = { ...(type !== undefined && { "content-type": type }), ...encoding };
    return (await files.request("/files", { method, headers, body: new Uint8Array(1) })).status;
  };
  expect(await status("image/png")).toBe(200);
  expect(await status("Image/PNG")).toBe(200);
  for (const type of [...types, "image/png; x=1", "image/png, text/html", "image/jpeg"]) {
    expect([type, await status(type)]).toEqual([type, 415]);
  }
  expect(await status("image/png", "POST", { "content-encoding": "gzip" })).toBe(415);
  expect(await status("image/png", "PUT")).toBe(415);
  expect(await status("application/json", "PUT")).toBe(200);
});

test("a refusal has the one error body", async () => {
  const answer = await send({ origin: "https://evil.example" });
  const body = (await answer.json()) as { error: Record<string, unknown> };
  expect(body.error).toMatchObject({ code: "cross_site", requestId: "r1" });
  expect(answer.headers.get("x-request-id")).toBe("r1");
});
