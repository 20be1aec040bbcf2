import { createTestApi, type Person, type TestApi } from "../../testing.ts";

export type NewKey = Parameters<Person["trpc"]["keys"]["create"]["mutate"]>[0];

const ninetyDaysMs = 90 * 86_400_000;

/** An event that the keys made here may record. */
export const event = { code: "permit_export" };
/** The address of the log, as a client of ours asks for it. */
export const logAddress = `/trpc/audit.list?input=${encodeURIComponent(JSON.stringify({ json: { days: 7 } }))}`;

/** A service in front of the API, with a key and no cookie. */
export type Service = {
  record: (event: object) => Promise<Response>;
  post: (path: string, json: object) => Promise<Response>;
  get: (path: string, headers?: Record<string, string>) => Promise<Response>;
};

export type KeyOffice = {
  api: TestApi;
  /** Somebody who may do everything with keys. */
  chief: Person;
  create: (key: NewKey) => ReturnType<Person["trpc"]["keys"]["create"]["mutate"]>;
  ingest: (more?: Partial<NewKey>) => NewKey;
  reader: (more?: Partial<NewKey>) => NewKey;
  service: (secret: string, ip?: string) => Service;
  listed: (
    keyId: number,
  ) => Promise<Awaited<ReturnType<Person["trpc"]["keys"]["list"]["query"]>>["items"][0] | undefined>;
};

export const createKeyOffice = async (): Promise<KeyOffice> => {
  const api = await createTestApi();
  const chief = await api.person(["system.keys", "audit.read", "audit.write", "permits.create"], "Cleo Chief");
  const ingest: KeyOffice["ingest"] = (more = {}) => ({
    name: "Front desk",
    kind: "ingest",
    codes: [event.code],
    expiresAt: new Date(api.clock.now() + ninetyDaysMs).toISOString(),
    ...more,
  });
  return {
    api,
    chief,
    ingest,
    reader: (more = {}) => ingest({ name: "Reports", kind: "reader", codes: [], ...more }),
    create: (key) => chief.trpc.keys.create.mutate(key),
    listed: async (keyId) => (await chief.trpc.keys.list.query({ limit: 200 })).items.find(({ id }) => id === keyId),
    service: (secret, ip) => {
      const { send } = api.caller(ip === undefined ? {} : { ip });
      const authorization = `Bearer ${secret}`;
      const post: Service["post"] = (path, json) =>
        send(path, { method: "POST", headers: { authorization }, body: JSON.stringify({ json }) });
      return {
        post,
        record: (json) => post("/trpc/events.record", json),
        get: (path, headers = {}) => send(path, { headers: { authorization, ...headers } }),
      };
    },
  };
};
