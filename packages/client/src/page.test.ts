import { afterEach, expect, test, vi } from "vitest";
import { createCountersign } from "./countersign.ts";

afterEach(() => vi.unstubAllGlobals());

/** What a browser has and Node has not. */
const openPage = () => {
  const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const network = new EventTarget();
  vi.stubGlobal("document", page);
  vi.stubGlobal("addEventListener", network.addEventListener.bind(network));
  vi.stubGlobal("removeEventListener", network.removeEventListener.bind(network));
  return {
    comeOnline: () => network.dispatchEvent(new Event("online")),
    hide: () => {
      page.visibilityState = "hidden";
      page.dispatchEvent(new Event("visibilitychange"));
    },
  };
};

/** A network that is away until it is told otherwise. */
const openNetwork = () => {
  const calls: RequestInit[] = [];
  let isAway = true;
  const fetch = async (_: unknown, init: RequestInit = {}): Promise<Response> => {
    calls.push(init);
    if (isAway) throw new TypeError("Failed to fetch");
    const { events } = JSON.parse(String(init.body)).json;
    const results = events.map(() => ({ outcome: "suppressed", receipt: null }));
    return Response.json({ result: { data: { json: { results } } } });
  };
  return {
    calls,
    fetch: fetch as typeof globalThis.fetch,
    comeBack: () => {
      isAway = false;
    },
  };
};

const slowly = { backoff: { firstMs: 60_000, mostMs: 60_000 } };
const failedOnce = (calls: unknown[]) => vi.waitFor(() => expect(calls).toHaveLength(1));

test("the recorder does not sit out its pause when the network returns", async () => {
  const page = openPage();
  const { calls, fetch, comeBack } = openNetwork();
  const { record, close } = createCountersign({ url: "", fetch, ...slowly });
  const recorded = record({ code: "permit_export" });
  await failedOnce(calls);
  comeBack();
  page.comeOnline();
  expect(await recorded).toMatchObject({ outcome: "suppressed" });
  expect(calls.map(({ keepalive }) => keepalive)).toEqual([undefined, undefined]);
  await close();
});

test("when a page is left, what waits goes at once in small pieces that outlive the page", async () => {
  const page = openPage();
  const { calls, fetch, comeBack } = openNetwork();
  const { record, flush, close } = createCountersign({ url: "", fetch, ...slowly });
  for (let at = 0; at < 20; at++) void record({ code: "permit_export", notes: "x".repeat(9000) });
  await failedOnce(calls);
  comeBack();
  page.hide();
  expect(await flush()).toBe(0);
  expect(calls.slice(1).map(({ keepalive }) => keepalive)).toEqual([true, true, true, true]);
  expect(calls.slice(1).every(({ body }) => String(body).length < 64 * 1024)).toBe(true);
  await close();
});

test("what a server asked for is waited for, network or not", async () => {
  const page = openPage();
  const calls: number[] = [];
  const fetch = (async () => {
    calls.push(performance.now());
    return new Response("", { status: 503, headers: { "retry-after": "1" } });
  }) as typeof globalThis.fetch;
  const { record, close } = createCountersign({ url: "", fetch });
  void record({ code: "permit_export" });
  await failedOnce(calls);
  for (let times = 0; times < 5; times++) {
    page.comeOnline();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(calls).toHaveLength(1);
  await close({ timeoutMs: 0 });
});

test("a closed recorder leaves no listener behind", async () => {
  openPage();
  const removed = [vi.spyOn(document, "removeEventListener"), vi.spyOn(globalThis, "removeEventListener")];
  const { close } = createCountersign({ url: "", fetch: openNetwork().fetch });
  await close();
  for (const spy of removed) expect(spy).toHaveBeenCalledOnce();
});
