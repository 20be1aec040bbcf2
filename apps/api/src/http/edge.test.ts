import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { createTRPCClient, httpBatchLink, TRPCClientError } from "@trpc/client";
import { initTRPC } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { Hono } from "hono";
import superjson from "superjson";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createEdge } from "./edge.ts";
import { replayedRequest } from "./json-body.ts";
import { createNodeServer } from "./node-server.ts";
import { spa } from "./spa.ts";

const t = initTRPC.create({ transformer: superjson });
const note = z.strictObject({ text: z.string(), at: z.date().optional() });
const router = t.router({
  look: t.procedure.input(z.object({ at: z.date() })).query(({ input }) => ({ at: input.at, next: undefined })),
  write: t.procedure
    .input(note)
    .output(z.object({ text: z.string() }))
    .mutation(({ input }) => ({ text: input.text })),
  leave: t.procedure.mutation(() => "left"),
});

const errors: string[] = [];
const app = createEdge({
  newId: () => "r1",
  https: false,
  origins: () => ["http://ours.example"],
  trustedProxies: [],
  tokenOf: () => undefined,
  findKey: async () => null,
  callsPerSession: 0,
  callsPerAddress: 0,
  health: new Hono().get("/health/live", (c) => c.text("live")),
  onError: (error) => errors.push(error.message),
});
app.all("/trpc/*", (c) =>
  fetchRequestHandler({ endpoint: "/trpc", router, req: replayedRequest(c), maxBatchSize: 10 }),
);
app.post("/api/notes", async (c) => c.json(note.parse(JSON.parse(await replayedRequest(c).text()))));
app.get("/api/broken", () => {
  throw new Error("secret");
});
app.get("/api/whoami", (c) => c.json({ ip: c.get("ip"), requestId: c.get("requestId") }));
app.all("*", spa({ folder: undefined }));

const server = createNodeServer({ fetch: app.fetch, newId: () => "r1" });
let origin = "";
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

// Node's fetch sends Sec-Fetch-Mode as a browser does, so it has to say where it comes from as well.
const ours = { origin: "http://ours.example" };
const client = () =>
  createTRPCClient<typeof router>({
    links: [httpBatchLink({ url: `${origin}/trpc`, transformer: superjson, maxItems: 10, headers: ours })],
  });
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${origin}${path}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...ours, ...headers },
  });

test("the tRPC client reads and writes through the edge, in batches too", async () => {
  const trpc = client();
  const at = new Date(0);
  expect(await Promise.all([trpc.look.query({ at }), trpc.look.query({ at })])).toEqual([{ at }, { at }]);
  const written = [trpc.write.mutate({ text: "é \u202e", at: undefined }), trpc.write.mutate({ text: "b", at })];
  expect(await Promise.all(written)).toEqual([{ text: "é \u202e" }, { text: "b" }]);
  expect(await trpc.leave.mutate()).toBe("left");
});

test("the REST handler gets the body that the edge has read", async () => {
  const answer = await post("/api/notes", '{"text":"é"}');
  expect([answer.status, await answer.json()]).toEqual([200, { text: "é" }]);
  expect((await post("/api/notes", "{")).status).toBe(400);
});

test("the tRPC client reads a refusal of the edge like one of a procedure", async () => {
  const refused = client().write.mutate({ text: "\0" });
  await expect(refused).rejects.toThrow("A text holds the character U+0000");
  const error: unknown = await refused.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TRPCClientError);
  expect((error as TRPCClientError<typeof router>).data).toMatchObject({
    code: "UNPROCESSABLE_CONTENT",
    httpStatus: 422,
    reason: "invalid_input",
    requestId: "r1",
    fields: [{ path: "0.text", rule: "invalid_input" }],
  });
});

test("every answer has its headers, none has a CORS header, whatever the class", async () => {
  const answers = await Promise.all([
    fetch(`${origin}/health/live`),
    fetch(`${origin}/api/nothing`),
    fetch(`${origin}/api/broken`),
    fetch(`${origin}/trpc/look`, { headers: { origin: "http://evil.example" } }),
    post("/trpc/leave", "", { origin: "http://evil.example" }),
    post("/api/notes", "<a/>", { "content-type": "text/xml" }),
    fetch(`${origin}/`, { headers: { accept: "text/html" } }),
    fetch(`${origin}/api/notes`, { method: "OPTIONS", headers: { origin: "http://evil.example" } }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 404, 500, 400, 403, 415, 503, 403]);
  for (const { headers } of answers) {
    expect(headers.get("x-request-id")).toBe("r1");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toBe("no-store");
    expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  }
  expect(errors).toEqual(["secret"]);
});

test("a request id and an address that the caller made up count for nothing", async () => {
  const headers = {
    "x-request-id": "mine",
    "x-forwarded-for": "1.2.3.4",
    forwarded: "for=1.2.3.4",
    "x-real-ip": "1.2.3.4",
  };
  expect(await (await fetch(`${origin}/api/whoami`, { headers })).json()).toEqual({ ip: "127.0.0.1", requestId: "r1" });
});

test("an error says nothing of what happened", async () => {
  expect(await (await fetch(`${origin}/api/broken`)).text()).not.toContain("secret");
});

test("a batch of eleven is 400 before any of it runs, by GET as well", async () => {
  const names = Array(11).fill("leave").join(",");
  expect((await post(`/trpc/${names}?batch=1`, "{}")).status).toBe(400);
  expect((await fetch(`${origin}/trpc/${names}?batch=1`)).status).toBe(400);
});

/** The status of a request with this very request target, which a fetch would have tidied up. */
const statusOf = async (target: string) => {
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n`);
  const [data] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return Number(data.toString().slice(9, 12));
};

test("no roundabout spelling reaches a route", async () => {
  for (const target of [
    "/x/../api/whoami",
    "/x/%2e%2e/api/whoami",
    "/x/.%2E/api/whoami",
    "/./api/whoami",
    "/api/./whoami",
    "//api/whoami",
    "/api//whoami",
    "/api%2fwhoami",
    "/%61pi/whoami",
    "/api/who%61mi",
    "/x\\..\\api/whoami",
  ]) {
    expect([target, await statusOf(target)]).toEqual([target, expect.toBeOneOf([400, 404])]);
  }
  expect(await statusOf("/api/whoami")).toBe(200);
  expect(await statusOf("http://x/api/whoami")).toBe(400);
});
