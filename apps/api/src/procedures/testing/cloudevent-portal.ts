import { randomBytes } from "node:crypto";
import { createTestApi, type TestApi } from "../../testing.ts";
import { issueKey, listen } from "../../testing-server.ts";

export const structured = "application/cloudevents+json";
export const batched = "application/cloudevents-batch+json";

export type Given = Record<string, unknown>;
export type Answer = {
  outcome: string;
  receipt: { id: string } | null;
  reason?: string;
  fields?: { path: string; rule: string }[];
};
export type Refused = { code: string; path?: string; fields?: { path: string; rule: string }[] };

export const errorOf = async (response: Response): Promise<Refused> =>
  ((await response.json()) as { error: Refused }).error;

export type Portal = {
  api: TestApi;
  url: string;
  key: { id: number; text: string };
  now: () => string;
  /** A CloudEvent that can be recorded. */
  cloudEvent: (given?: Given) => Given;
  send: (
    body: string | Uint8Array<ArrayBuffer> | null,
    headers: Record<string, string>,
    path?: string,
  ) => Promise<Response>;
  /** Sends JSON of a media type, structured unless told. */
  record: (event: unknown, type?: string) => Promise<Response>;
  /** The answers to a list. */
  recordMany: (events: readonly unknown[]) => Promise<Answer[]>;
  close: () => Promise<void>;
};

/** A service on the other side of a real socket, with a key that may record three kinds of events. */
export const createPortal = async (): Promise<Portal> => {
  const api = await createTestApi();
  const server = await listen(api.services);
  const { id: by } = await api.person(["audit.write"], "Ada Admin");
  const codes = ["permit_export", "permit_assign", "report_export"] as const;
  const key = await issueKey(api, { name: "Portal", kind: "ingest", codes, by });
  const now = () => new Date(api.clock.now()).toISOString();
  const send: Portal["send"] = (body, headers, path = "/api/events") =>
    fetch(server.url + path, { method: "POST", body, headers: { authorization: `Bearer ${key.text}`, ...headers } });
  const record: Portal["record"] = (event, type = structured) => send(JSON.stringify(event), { "content-type": type });
  return {
    api,
    url: server.url,
    key,
    now,
    send,
    record,
    cloudEvent: (given = {}) => ({
      specversion: "1.0",
      id: randomBytes(6).toString("hex"),
      source: "/portal",
      type: "org.example.permit_export",
      time: now(),
      ...given,
    }),
    recordMany: async (events) => {
      const response = await record(events, batched);
      if (response.status !== 200) throw new Error(`a list was answered with ${response.status}`);
      return ((await response.json()) as { results: Answer[] }).results;
    },
    close: async () => {
      await server.close();
      await api.close();
    },
  };
};
