import { createHash } from "node:crypto";
import type { ChannelKind } from "@countersign/db/channels";
import {
  type Mail,
  type Received,
  type Receiver,
  startMailServer,
  startReceiver,
} from "../apps/worker/src/testing/receivers.ts";
import { type FaultProxy, type Mode, startProxy } from "./proxy.ts";
import { pick, type Random, whole } from "./random.ts";

/** A message or a batch that came in whole. */
export type Reception = {
  key: string;
  /** What must be the same each time that it comes; of a batch its hash. */
  content: string;
  /** The events of a batch. */
  ids: readonly string[];
  /** It was answered yes, whether or not the answer arrived. */
  isTaken: boolean;
};

/** Whom an office tells: a mail server, a webhook, a chat and a stream, each behind a connection that may fail. */
export type Receivers = {
  /** What the parts of the product must be told. */
  env: Record<string, string>;
  urls: Record<Exclude<ChannelKind, "email">, string>;
  got: Record<ChannelKind, Reception[]>;
  /** The leaf from which on a stream was asked for. */
  streamFrom: number | null;
  /** From now on they fail every other time, until they are `well`. */
  fail(random: Random): void;
  well(): void;
  /** One of them refuses every connection for so long. */
  refuseFor(random: Random, ms: number): Promise<void>;
  stop(): Promise<void>;
};

/** No try lasts longer, so that no lease runs out under a worker that lives: see `failing-receivers`. */
const longestTryMs = 1300;

const someMode = (random: Random): Mode => {
  if (random() < 0.7) return { kind: "pass" };
  return pick<() => Mode>(random, [
    () => ({ kind: "blackhole", ms: whole(random, 300, longestTryMs) }),
    () => ({ kind: "drip", everyMs: whole(random, 1, 5), bytes: whole(random, 20, 240) }),
    () => ({ kind: "latency", ms: whole(random, 20, 200) }),
    () => ({ kind: "reset" }),
    () => ({ kind: "cutRequest", bytes: whole(random, 1, 2000) }),
    () => ({ kind: "cutAnswer", bytes: 0 }),
    () => ({ kind: "cutAnswer", bytes: whole(random, 1, 400) }),
  ])();
};

type Answer = { status: number; headers?: Record<string, string> };
const yes: Answer = { status: 204 };

const someAnswer = (random: Random): Answer =>
  random() < 0.8
    ? yes
    : pick<Answer>(random, [
        { status: 500 },
        { status: 503 },
        { status: 429, headers: { "retry-after": String(whole(random, 1, 30)) } },
      ]);

type Read = (received: Received) => Pick<Reception, "content"> & { ids?: string[] };

/** A message without the checkpoint, which is that of the moment of sending. */
const withoutCheckpoint = (text: string): string =>
  text.replace(/^The log then held .*$/m, "").replaceAll(/\n{2,}/g, "\n");

const reads: Record<Exclude<ChannelKind, "email">, Read> = {
  webhook: ({ body }) => {
    const { data } = JSON.parse(body) as { data: object };
    return { content: JSON.stringify({ ...data, checkpoint: null }) };
  },
  chat: ({ body }) => ({ content: withoutCheckpoint((JSON.parse(body) as { text: string }).text) }),
  stream: ({ body }) => ({
    content: createHash("sha256").update(body).digest("hex"),
    ids: (JSON.parse(body) as { id: string }[]).map(({ id }) => id),
  }),
};

const fromQuotedPrintable = (text: string): string =>
  Buffer.from(
    text.replaceAll("=\n", "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString();

/** The key of a mail when both headers that carry it agree, and the text that people read, without the same in HTML. */
const readMail = ({ source }: Mail): Pick<Reception, "key" | "content"> => {
  const lines = source.replaceAll("\r\n", "\n");
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, "mi").exec(lines)?.[1] ?? "";
  const key = header("Idempotency-Key");
  const [, part = ""] = lines.split(/^Content-Type: text\/plain/m);
  const text = part.slice(part.indexOf("\n\n"), part.indexOf("\n--"));
  const content = /^Content-Transfer-Encoding: quoted-printable/m.test(part) ? fromQuotedPrintable(text) : text;
  return { key: header("Message-ID").startsWith(`<${key}@`) ? key : "", content: withoutCheckpoint(content) };
};

/** Starts all four on ports of this machine, well. */
export const startReceivers = async (): Promise<Receivers> => {
  let failing: Random | null = null;
  const got: Receivers["got"] = { email: [], webhook: [], chat: [], stream: [] };
  const proxies: FaultProxy[] = [];
  const stops: (() => Promise<void>)[] = [];
  const behindProxy = async (port: number): Promise<FaultProxy> => {
    const proxy = await startProxy(port, () => (failing === null ? { kind: "pass" } : someMode(failing)));
    proxies.push(proxy);
    return proxy;
  };

  const startPosted = async (kind: Exclude<ChannelKind, "email">): Promise<string> => {
    const receiver: Receiver = await startReceiver((response, received) => {
      const { status, headers } = failing === null ? yes : someAnswer(failing);
      const key = String(received.headers["idempotency-key"] ?? "");
      got[kind].push({ key, ids: [], isTaken: status < 300, ...reads[kind](received) });
      receiver.received.length = 0;
      response.writeHead(status, headers).end();
    });
    stops.push(receiver.close);
    return `127.0.0.1:${(await behindProxy(Number(new URL(receiver.url).port))).port}`;
  };

  const mailServer = await startMailServer({
    take: (mail, answer) => {
      const chance = failing === null ? 0 : failing();
      got.email.push({ ...readMail(mail), ids: [], isTaken: chance < 0.7 });
      mailServer.mails.length = 0;
      if (chance < 0.7) return answer();
      if (chance > 0.85) mailProxy.cut();
      answer(Object.assign(new Error("not now"), { responseCode: chance < 0.78 ? 451 : 554 }));
    },
  });
  const mailProxy = await behindProxy(Number(new URL(mailServer.url).port));
  const hosts = {
    webhook: await startPosted("webhook"),
    chat: await startPosted("chat"),
    stream: await startPosted("stream"),
  };
  return {
    env: {
      SMTP_URL: `smtp://127.0.0.1:${mailProxy.port}`,
      MAIL_FROM: "office@office.example",
      CHANNEL_PRIVATE_HOSTS: Object.values(hosts).join(","),
    },
    urls: {
      webhook: `http://${hosts.webhook}/hook`,
      chat: `http://${hosts.chat}/hook`,
      stream: `http://${hosts.stream}/hook`,
    },
    got,
    streamFrom: null,
    fail: (random) => {
      failing = random;
    },
    well: () => {
      failing = null;
    },
    refuseFor: (random, ms) => pick(random, proxies).refuseFor(ms),
    stop: async () => {
      for (const proxy of proxies) proxy.stop();
      for (const stop of stops) await stop();
      await mailServer.close();
    },
  };
};
