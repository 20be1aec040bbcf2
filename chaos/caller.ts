import { Agent, request } from "node:http";
import type { Outcome, Receipt } from "./history.ts";

export type Answer = { outcome: Outcome; reason: string; results: readonly Item[]; permitId: number | undefined };
export type Item = { outcome: string; receipt: Receipt | null; reason?: string };

export type Caller = {
  call(procedure: string, input: object): Promise<Answer>;
  close(): void;
};

type Raw = { status: number; body: string } | { error: string };

const limitMs = 10_000;

const send = (agent: Agent, port: number, path: string, headers: Record<string, string>, body: string): Promise<Raw> =>
  new Promise((resolve) => {
    const lost = (error: Error & { code?: string }) => resolve({ error: error.code ?? error.message });
    const length = String(Buffer.byteLength(body));
    const outgoing = request(
      {
        agent,
        host: "127.0.0.1",
        port,
        path,
        method: "POST",
        headers: { ...headers, "content-type": "application/json", "content-length": length },
        timeout: limitMs,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.once("error", lost);
        answer.once("close", () => {
          if (!answer.complete) resolve({ error: "CUT_OFF" });
          else resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
        });
      },
    );
    outgoing.once("timeout", () => outgoing.destroy(Object.assign(new Error("no answer"), { code: "NO_ANSWER" })));
    outgoing.once("error", lost);
    outgoing.end(body);
  });

const nothing = { results: [], permitId: undefined };

/** Whoever is not even connected has sent nothing; after any other break nobody knows. */
const judge = (raw: Raw): Answer => {
  if ("error" in raw) {
    return { ...nothing, outcome: raw.error === "ECONNREFUSED" ? "fail" : "unknown", reason: raw.error };
  }
  const { result, error } = JSON.parse(raw.body) as {
    result?: { data: { json: Item & { results?: Item[]; permit?: { id: number } } } };
    error?: { json?: { data?: { reason?: string } }; code?: string };
  };
  if (raw.status === 200 && result !== undefined) {
    const { json } = result.data;
    return { outcome: "ok", reason: "", results: json.results ?? [json], permitId: json.permit?.id };
  }
  const reason = `${raw.status} ${error?.json?.data?.reason ?? error?.code ?? "?"}`;
  return { ...nothing, outcome: reason === "503 outcome_unknown" ? "unknown" : "fail", reason };
};

/** Signs in at the API itself and calls through `port`, which may be that of a proxy; without `keepAlive` each call has a connection of its own. */
export const createCaller = async (
  api: { url: string; port: number; password: string },
  { port = api.port, keepAlive = true }: { port?: number; keepAlive?: boolean } = {},
): Promise<Caller> => {
  const agent = new Agent({ keepAlive, maxSockets: 64 });
  const origin = { origin: api.url };
  const answer = await fetch(`${api.url}/api/auth/login`, {
    method: "POST",
    headers: { ...origin, "content-type": "application/json" },
    body: JSON.stringify({ username: "admin", password: api.password }),
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
  if (!answer.ok || cookie === undefined) throw new Error(`signing in was answered with ${answer.status}`);
  return {
    call: async (procedure, input) =>
      judge(await send(agent, port, `/trpc/${procedure}`, { ...origin, cookie }, JSON.stringify({ json: input }))),
    close: () => agent.destroy(),
  };
};
