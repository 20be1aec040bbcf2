import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Hono } from "hono";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestIds } from "./errors.ts";
import { guards } from "./guards.ts";
import { securityHeaders } from "./headers.ts";
import type { HttpEnv } from "./http-env.ts";
import { plainAddress } from "./limits.ts";
import { spa } from "./spa.ts";

let folder = "";
const script = `console.log("${"x".repeat(2000)}")`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spa-"));
  await mkdir(join(folder, "dist", "assets"), { recursive: true });
  await writeFile(join(folder, "secret.txt"), "secret");
  await writeFile(
    join(folder, "dist", "index.html"),
    `<meta content="%CSP_NONCE%"><style nonce="%CSP_NONCE%"></style>`,
  );
  await writeFile(join(folder, "dist", "favicon.svg"), "<svg/>");
  await writeFile(join(folder, "dist", "assets", "main-abc123.js"), script);
  await writeFile(join(folder, "dist", "assets", "main-abc123.js.map"), "{}");
});
afterAll(() => rm(folder, { recursive: true }));

const serve = (dist: string | undefined, https = false) => {
  let nonce = 0;
  const app = new Hono<HttpEnv>();
  app.use(requestIds({ newId: () => "r1" }), securityHeaders({ https }), guards(plainAddress()));
  app.get("/api/thing", (c) => c.json({}));
  app.all("*", spa({ folder: dist, newNonce: () => `n${++nonce}` }));
  return (path: string, headers: Record<string, string> = { accept: "text/html" }, method = "GET") =>
    app.request(path, { headers, method });
};
const dist = () => join(folder, "dist");

test("pages of the app all get the page, each with a nonce of its own, never from a cache", async () => {
  const get = serve(dist());
  const first = await get("/log?code=permit_approve");
  expect(await first.text()).toBe(`<meta content="n1"><style nonce="n1"></style>`);
  expect(first.headers.get("content-security-policy")).toContain("style-src 'self' 'nonce-n1'");
  expect(first.headers.get("cache-control")).toBe("no-store");
  expect(await (await get("/")).text()).toContain("n2");
  expect(await (await get("/index.html")).text()).toContain("n3");
});

test("hashed assets may be kept for ever, other files are asked for again", async () => {
  const get = serve(dist());
  const asset = await get("/assets/main-abc123.js");
  expect(await asset.text()).toBe(script);
  expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(asset.headers.get("content-type")).toContain("text/javascript");
  const icon = await get("/favicon.svg");
  expect(icon.headers.get("cache-control")).toBe("no-cache");
  const again = await get("/favicon.svg", { "if-none-match": icon.headers.get("etag") ?? "" });
  expect([again.status, await again.text()]).toEqual([304, ""]);
});

test("assets are compressed for those who take it", async () => {
  const answer = await serve(dist())("/assets/main-abc123.js", { "accept-encoding": "br, gzip" });
  expect(answer.headers.get("content-encoding")).toBe("gzip");
  expect(answer.headers.get("vary")).toBe("accept-encoding");
  expect(gunzipSync(Buffer.from(await answer.arrayBuffer())).toString()).toBe(script);
});

test("what is neither file nor page is 404 in the one error body", async () => {
  const get = serve(dist());
  const missing = [
    "/assets/gone.js",
    "/assets/main-abc123.js.map",
    "/api/nothing",
    "/api",
    "/trpc",
    "/trpc/x",
    "/health/x",
  ];
  for (const path of missing) {
    const answer = await get(path);
    expect([path, answer.status]).toEqual([path, 404]);
    expect(((await answer.json()) as { error: unknown }).error).toMatchObject({ code: "not_found", requestId: "r1" });
  }
  expect((await get("/log", { accept: "application/json" })).status).toBe(404);
  expect((await get("/log", { accept: "text/html" }, "POST")).status).toBe(404);
});

test("no spelling leads out of the folder or past a guard", async () => {
  const get = serve(dist());
  const tricks = [
    "/..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "/assets/..%5c..%5csecret.txt",
    "//secret.txt",
    "/trpc%2fx",
    "//trpc",
  ];
  for (const path of [...tricks, "/%74rpc/x", "/%61pi/thing", "/api//thing", "/a%00b", "/a%5cb", "/a%252fb"]) {
    const answer = await get(path);
    expect([path, answer.status]).toEqual([path, 404]);
  }
  expect((await get("/permits/%C3%A9")).status).toBe(200);
  expect((await get("/permits/%C0%80")).status).toBe(400);
  expect((await get("/log?text=%C0%80")).status).toBe(400);
});

test("an app that is not built is said in one sentence, and served as soon as it is there", async () => {
  const absent = await serve(undefined)("/");
  expect([absent.status, await absent.text()]).toEqual([503, expect.stringMatching(/^The app is not built\. .*\n$/)]);
  const later = join(folder, "later");
  const get = serve(later);
  expect((await get("/")).status).toBe(503);
  await mkdir(later);
  await writeFile(join(later, "index.html"), "page");
  expect((await get("/")).status).toBe(200);
});

test("each class of route has exactly its headers", async () => {
  const headersOf = async (path: string, https = false) => {
    const { headers } = await serve(dist(), https)(path);
    return [...headers].filter(([name]) => name !== "etag").map((pair) => pair.join(": "));
  };
  expect({
    page: await headersOf("/"),
    asset: await headersOf("/assets/main-abc123.js"),
    api: await headersOf("/api/thing"),
    error: await headersOf("/api/nothing", true),
  }).toMatchInlineSnapshot(`
    {
      "api": [
        "cache-control: no-store",
        "content-security-policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "content-type: application/json",
        "cross-origin-opener-policy: same-origin",
        "cross-origin-resource-policy: same-origin",
        "referrer-policy: no-referrer",
        "x-content-type-options: nosniff",
        "x-request-id: r1",
      ],
      "asset": [
        "cache-control: public, max-age=31536000, immutable",
        "content-security-policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "content-type: text/javascript; charset=utf-8",
        "cross-origin-opener-policy: same-origin",
        "cross-origin-resource-policy: same-origin",
        "referrer-policy: no-referrer",
        "vary: accept-encoding",
        "x-content-type-options: nosniff",
        "x-request-id: r1",
      ],
      "error": [
        "cache-control: no-store",
        "content-security-policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "content-type: application/json",
        "cross-origin-opener-policy: same-origin",
        "cross-origin-resource-policy: same-origin",
        "referrer-policy: no-referrer",
        "strict-transport-security: max-age=31536000",
        "x-content-type-options: nosniff",
        "x-request-id: r1",
      ],
      "page": [
        "cache-control: no-store",
        "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self' 'nonce-n1'; img-src 'self' data: blob:; frame-src blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        "content-type: text/html; charset=utf-8",
        "cross-origin-opener-policy: same-origin",
        "cross-origin-resource-policy: same-origin",
        "referrer-policy: no-referrer",
        "x-content-type-options: nosniff",
        "x-request-id: r1",
      ],
    }
  `);
});
