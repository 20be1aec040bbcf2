import { createTestApi, type Person } from "@countersign/api/testing";
import { issueKey, listen } from "@countersign/api/testing-server";
import type { CustomerEventCode } from "@countersign/audit/catalogue";
import { type Countersign, type CountersignOptions, createCountersign } from "../countersign.ts";
import { type Fault, faults, openFaultProxy, type Seen } from "./fault-proxy.ts";

/** Ids of the events in a request, in their order. */
export const idsIn = ({ body }: Seen): string[] =>
  (JSON.parse(body) as { json: { events: { id: string }[] } }).json.events.map(({ id }) => id);

/** A whole API on a socket, a person who may state events, and clients that reach it through faults. */
export const openOffice = async () => {
  const api = await createTestApi();
  const server = await listen(api.services);
  const portal = await api.person(["audit.write", "audit.read"], "Portal");
  const opened: (() => Promise<unknown>)[] = [];
  const cookieOf = ({ token }: Person): string => `${api.services.accounts.cookie.name}=${token}`;

  const client = async (
    next?: (seen: Seen) => Fault,
    options: Partial<CountersignOptions> = {},
  ): Promise<Countersign & { seen: Seen[] }> => {
    const proxy = await openFaultProxy(server.url, next);
    const caller = { session: cookieOf(portal), origin: server.url };
    const countersign = createCountersign({
      url: proxy.url,
      backoff: { firstMs: 5, mostMs: 40 },
      ...caller,
      ...options,
    });
    opened.push(proxy.close, () => countersign.close({ timeoutMs: 0 }));
    return { ...countersign, seen: proxy.seen };
  };
  const key = (codes: readonly CustomerEventCode[]) =>
    issueKey(api, { name: "Front end", kind: "ingest", codes, by: portal.id });
  const stored = async (ids: readonly (string | undefined)[]) =>
    (await api.stored({ codes: ["permit_export"] })).filter(({ id }) => ids.includes(id));
  const close = async (): Promise<void> => {
    for (const end of opened.reverse()) await end();
    await server.close();
    await api.close();
  };
  return { api, server, portal, cookieOf, key, client, stored, close };
};

/** A fault for each request in turn; after the last one all is well. */
export const inTurn = (...planned: Fault[]): ((seen: Seen) => Fault) => {
  const left = [...planned];
  return () => left.shift() ?? faults.pass;
};
