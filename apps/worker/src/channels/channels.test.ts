import { execFileSync } from "node:child_process";
import https from "node:https";
import type { AlertMessage, MessageContext } from "@countersign/audit/alerts/message";
import type { SendingChannel } from "@countersign/db/notifications";
import { channelSecrets } from "@countersign/service/channel-secrets";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, test } from "vitest";
import {
  behaviours,
  type Receiver,
  startMailServer,
  startMuteServer,
  startReceiver,
  startSecureReceiver,
} from "../testing/receivers.ts";
import { channelSenders } from "./index.ts";

const message: AlertMessage = {
  kind: "alert",
  severity: "critical",
  rule: "Critical events",
  headline: "Ana Ruiz deleted P-2026-000041",
  at: "2026-11-30T09:00:00.000Z",
  count: 7,
  events: [
    {
      id: "0192",
      at: "2026-11-30T09:00:00.000Z",
      severity: "critical",
      sentence: "Ana <b>Ruiz</b> & Co deleted it\r\nBcc: x",
    },
    { id: "0193", at: "2026-11-30T09:00:01.000Z", severity: "high", sentence: "Ben did so, too" },
  ],
  gatheredUntil: "2026-11-30T09:10:00.000Z",
  alertId: 12,
};
const context: MessageContext = {
  office: "Permit office",
  origin: "https://permits.example.org",
  timeZone: "Europe/Berlin",
  checkpoint: { size: 1204, signedAt: "2026-11-30T08:59:59.000Z", root: "cm9vdA==" },
};
const channel: SendingChannel = {
  id: 3,
  name: "SIEM",
  kind: "webhook",
  url: null,
  recipients: null,
  secret: `whsec_${Buffer.from("a secret of thirty-two bytes....").toString("base64")}`,
  oldSecret: null,
  failures: 0,
};
const key = "0192.1.3";
const running = new AbortController().signal;
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const hasOpenssl = (): boolean => {
  try {
    return execFileSync("openssl", ["version"]).length > 0;
  } catch {
    return false;
  }
};

const receiver = async (behaviour: keyof typeof behaviours): Promise<Receiver> => {
  const started = await startReceiver(behaviours[behaviour]);
  ends.push(started.close);
  return started;
};
const outboundTo = (...privateHosts: string[]) => ({
  privateHosts,
  ownOrigin: "https://permits.example.org",
  now: () => Date.parse("2026-11-30T09:00:05.000Z"),
  lookup: async () => [{ address: "127.0.0.1", family: 4 }],
  secrets: channelSecrets(Buffer.alloc(32, 1)),
});
const senders = (privateHosts: string[] = [], mail: { url: string } | null = null, addresses: string[] = []) =>
  channelSenders(outboundTo(...privateHosts), {
    server: mail === null ? null : { url: mail.url, from: "audit@example.org" },
    addressesOf: async () => addresses.map((address, at) => ({ recipient: at + 1, address })),
  });

describe("a webhook", () => {
  test("is signed with both secrets while one replaces the other, and carries the key of the message", async () => {
    const { url, host, received } = await receiver("accept");
    const oldSecret = `whsec_${Buffer.from("the secret that goes out of use.").toString("base64")}`;
    const sent = await senders([host]).webhook({ ...channel, url, oldSecret }, message, key, context, running);
    expect(sent).toEqual({ outcome: "sent", code: 204, answer: "answered 204" });
    const [{ headers, body } = { headers: {}, body: "" }] = received;
    expect(headers).toMatchObject({ "idempotency-key": key, "webhook-id": key, "content-type": "application/json" });
    const signed = headers as Record<string, string>;
    for (const secret of [channel.secret ?? "", oldSecret]) {
      const signature = new Webhook(secret).sign(key, new Date(Number(signed["webhook-timestamp"]) * 1000), body);
      expect(signed["webhook-signature"]?.split(" ")).toContain(signature);
    }
    expect(JSON.parse(body)).toMatchObject({
      type: "alert.alert",
      data: {
        headline: message.headline,
        count: 7,
        link: "https://permits.example.org/alerts?alert=12",
        checkpoint: { size: 1204 },
      },
    });
  });

  test("is signed with what was sealed for it, and has failed when that was sealed for another or elsewhere", async () => {
    const { url, host, received } = await receiver("accept");
    const { webhook, chat } = senders([host]);
    const { seal } = channelSecrets(Buffer.alloc(32, 1));
    const sealed = { ...channel, url, secret: seal(3, channel.secret ?? "") };
    expect(await webhook(sealed, message, key, context, running)).toMatchObject({ outcome: "sent" });
    const verify = new Webhook(channel.secret ?? "");
    const signed = received[0]?.headers as Record<string, string>;
    const at = new Date(Number(signed["webhook-timestamp"]) * 1000);
    expect(signed["webhook-signature"]).toBe(verify.sign(key, at, received[0]?.body ?? ""));
    const unreadable = { outcome: "failed", answer: "its secret was sealed under another key than this server has" };
    for (const secret of [seal(4, "x"), channelSecrets(Buffer.alloc(32, 2)).seal(3, "x")]) {
      expect(await webhook({ ...sealed, secret }, message, key, context, running)).toMatchObject(unreadable);
      expect(await chat({ ...sealed, secret }, message, key, context, running)).toMatchObject(unreadable);
    }
    expect(received).toHaveLength(1);
  });

  test.skipIf(!hasOpenssl())("calls no server whose certificate nobody signed", async () => {
    const server = await startSecureReceiver("siem.example.org");
    ends.push(server.close);
    const url = `https://siem.example.org:${server.port}/hook`;
    const sent = await senders([`siem.example.org:${server.port}`]).webhook(
      { ...channel, url },
      message,
      key,
      context,
      running,
    );
    expect(sent).toMatchObject({ outcome: "failed", code: null, answer: expect.stringContaining("no answer") });
    expect(server.received()).toBe(0);
  });

  test.skipIf(!hasOpenssl())(
    "takes a certificate that was signed for the host it calls, and for no other",
    async () => {
      const { port, cert, received, close } = await startSecureReceiver("siem.example.org");
      const { globalAgent } = https;
      const Trusting = class extends https.Agent {
        constructor() {
          super({ ca: cert });
        }
      };
      https.globalAgent = new Trusting();
      ends.push(close, async () => {
        https.globalAgent = globalAgent;
      });
      const send = (host: string) =>
        senders([`${host}:${port}`]).webhook(
          { ...channel, url: `https://${host}:${port}/hook` },
          message,
          key,
          context,
          running,
        );
      expect(await send("siem.example.org")).toMatchObject({ outcome: "sent" });
      expect(await send("chat.example.org")).toMatchObject({ outcome: "failed", code: null });
      expect(received()).toBe(1);
    },
  );

  test.each([
    ["refuse", { code: 500, answer: "answered 500", retryAfterMs: null }],
    ["busy", { code: 429, answer: "answered 429", retryAfterMs: 120_000 }],
    ["redirect", { code: 302, answer: "answered 302, which is not followed", retryAfterMs: null }],
    ["cut", { code: null, answer: expect.stringContaining("no answer"), retryAfterMs: null }],
  ] as const)("that meets a receiver which does %s has failed", async (behaviour, told) => {
    const { url, host, received } = await receiver(behaviour);
    const sent = await senders([host]).webhook({ ...channel, url }, message, key, context, running);
    expect(sent).toEqual({ outcome: "failed", ...told });
    expect(received).toHaveLength(1);
  });

  test.each([
    ["Mon, 30 Nov 2026 09:01:35 GMT", 90_000],
    ["Mon, 30 Nov 2026 08:59:00 GMT", null],
    ["0", null],
    ["soon", null],
  ])("that is asked to come back %s waits for as many milliseconds: %s", async (until, retryAfterMs) => {
    const { url, host, close } = await startReceiver(
      (response) => void response.writeHead(503, { "retry-after": until }).end(),
    );
    ends.push(close);
    const sent = await senders([host]).webhook({ ...channel, url }, message, key, context, running);
    expect(sent).toEqual({ outcome: "failed", code: 503, answer: "answered 503", retryAfterMs });
  });

  test.each(["hang", "drip"] as const)(
    "that meets a receiver which does %s is given up after its time",
    async (behaviour) => {
      const { url, host } = await receiver(behaviour);
      const sent = await senders([host]).webhook({ ...channel, url }, message, key, context, running);
      expect(sent).toMatchObject({ outcome: "failed", code: null, answer: expect.stringContaining("no answer") });
    },
    20_000,
  );

  test("counts as sent once the receiver said so, and hangs up on what it then pours out", async () => {
    let hungUp: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      hungUp = resolve;
    });
    const { url, host, close } = await startReceiver((response) => {
      response.once("close", hungUp);
      behaviours.endless(response);
    });
    ends.push(close);
    const begunMs = Date.now();
    const sent = await senders([host]).webhook({ ...channel, url }, message, key, context, running);
    expect(sent).toMatchObject({ outcome: "sent", code: 200 });
    await ended;
    expect(Date.now() - begunMs).toBeLessThan(5000);
  });

  test("to where nobody listens has failed", async () => {
    const { url, host, close } = await receiver("accept");
    await close();
    ends.length = 0;
    const sent = await senders([host]).webhook({ ...channel, url }, message, key, context, running);
    expect(sent).toMatchObject({ outcome: "failed", code: null, answer: expect.stringContaining("ECONNREFUSED") });
  });

  test("does not follow a name into the house, whatever it answered when it was saved", async () => {
    const { received, host } = await receiver("accept");
    const port = host.split(":")[1];
    const answers = ["93.184.216.34", "127.0.0.1"];
    const outbound = {
      ...outboundTo(),
      lookup: async () => answers.map((address) => ({ address, family: 4 })),
    };
    const { webhook } = channelSenders(outbound, { server: null, addressesOf: async () => [] });
    const named = { ...channel, url: "https://rebinding.example.org/hook" };
    expect(await webhook(named, message, key, context, running)).toMatchObject({
      outcome: "failed",
      answer: "the name leads to an address that is not public",
    });
    for (const url of [
      `https://127.0.0.1:${port}/`,
      `http://127.0.0.1:${port}/`,
      "https://[::ffff:7f00:1]/",
      "file:///etc/passwd",
    ]) {
      expect(await webhook({ ...channel, url }, message, key, context, running)).toMatchObject({
        outcome: "failed",
        answer: "the address may not be called",
      });
    }
    expect(received).toEqual([]);
  });

  test("connects to the address that was checked and asks nobody else for it", async () => {
    const { received, host } = await receiver("accept");
    const port = host.split(":")[1];
    const sent = await senders([`siem.invalid:${port}`]).webhook(
      { ...channel, url: `http://siem.invalid:${port}/hook` },
      message,
      key,
      context,
      running,
    );
    expect(sent).toMatchObject({ outcome: "sent" });
    expect(received[0]?.headers.host).toBe(`siem.invalid:${port}`);
  });
});

test("a chat gets one text in which nothing is markup but the title, at its secret address", async () => {
  const { url, host, received } = await receiver("accept");
  const sent = await senders([host]).chat({ ...channel, kind: "chat", secret: url }, message, key, context, running);
  expect(sent).toMatchObject({ outcome: "sent" });
  const { text } = JSON.parse(received[0]?.body ?? "{}");
  expect(text).toContain("*[critical] Permit office: Critical events*");
  expect(text).toContain("Ana &lt;b&gt;Ruiz&lt;/b&gt; &amp; Co deleted it  Bcc: x");
  expect(text).toContain("https://permits.example.org/alerts?alert=12");
  expect(received[0]?.headers["idempotency-key"]).toBe(key);
});

describe("mail", () => {
  test("goes to each recipient as text and HTML, with link, checkpoint and what is gathered; text of others is no header", async () => {
    const server = await startMailServer();
    ends.push(server.close);
    const addresses = [
      "ana@example.org",
      "no address",
      "a@example.org, b@example.org",
      "x@example.org\r\nBcc: y@example.org",
      "ben@example.org",
    ];
    const sly = { ...message, rule: "Critical\r\nBcc: evil@example.org\r\n\r\nevents" };
    const sent = await senders([], server, addresses).email({ ...channel, kind: "email" }, sly, key, context, running);
    expect(sent).toEqual({ outcome: "sent", code: 250, answer: "taken for 2 of 2 recipients" });
    const [mail] = server.mails;
    expect(mail?.to).toEqual(["ana@example.org", "ben@example.org"]);
    const [head = "", ...parts] = mail?.source.split("\r\n\r\n") ?? [];
    expect(head).not.toMatch(/^bcc:/im);
    expect(head).toContain("Message-ID: <0192.1.3@permits.example.org>");
    expect(head).toContain("Idempotency-Key: 0192.1.3");
    const whole = parts.join("\n\n").replaceAll("=\r\n", "").replaceAll("=3D", "=");
    expect(whole).toContain("text/plain");
    expect(whole).toContain("text/html");
    expect(whole).toContain('<html lang="en">');
    expect(whole).toContain("Ana &lt;b&gt;Ruiz&lt;/b&gt; &amp; Co deleted it Bcc: x");
    expect(whole).toContain("The first 2 of 7:");
    expect(whole).toContain("https://permits.example.org/alerts?alert=12");
    expect(whole).toMatch(/1204 proved\s+events/);
  });

  test("without a server nothing is sent, and it says why", async () => {
    expect(await senders().email({ ...channel, kind: "email" }, message, key, context, running)).toEqual({
      outcome: "held",
      reason: "no_mail_server",
    });
  });

  test("that the server refuses has failed with its code, one to nobody has failed", async () => {
    const server = await startMailServer({ refuse: 550 });
    ends.push(server.close);
    const email = { ...channel, kind: "email" } as const;
    expect(await senders([], server, ["ana@example.org"]).email(email, message, key, context, running)).toMatchObject({
      outcome: "failed",
      code: 550,
      answer: "the mail server answered 550",
      isOfRecipients: true,
    });
    expect(await senders([], server, []).email(email, message, key, context, running)).toMatchObject({
      outcome: "failed",
      answer: "none of the recipients has an address",
    });
  });

  test.each([
    {
      refusal: 450,
      owed: {
        ...{ outcome: "failed", code: 450, answer: "taken for 1 of 2 recipients", retryAfterMs: null },
        ...{ stillTo: [2], isOfRecipients: true },
      },
    },
    {
      refusal: 550,
      owed: { outcome: "sent", code: 250, answer: "taken for 1 of 2 recipients, refused for good for the others" },
    },
  ])(
    "that the server takes for some is owed to the others unless it refused them for good, $refusal",
    async ({ refusal, owed }) => {
      const server = await startMailServer({ refuse: refusal, only: "ben@example.org" });
      ends.push(server.close);
      const email = { ...channel, kind: "email" } as const;
      const sent = await senders([], server, ["ana@example.org", "ben@Example.org"]).email(
        email,
        message,
        key,
        context,
        running,
      );
      expect(sent).toEqual(owed);
      expect(server.mails.map(({ to }) => to)).toEqual([["ana@example.org"]]);
    },
  );

  test.each(["asked", "always"] as const)(
    "goes to no server whose certificate nobody signed, shown when %s",
    async (shown) => {
      const server = await startMailServer({ tls: shown });
      ends.push(server.close);
      const email = { ...channel, kind: "email" } as const;
      const sent = await senders([], server, ["ana@example.org"]).email(email, message, key, context, running);
      expect(sent).toMatchObject({ outcome: "failed", code: null });
      expect(server.mails).toEqual([]);
    },
  );

  test("is given up when the server never says a word", async () => {
    const mute = await startMuteServer();
    const email = { ...channel, kind: "email" } as const;
    const server = { url: `smtp://127.0.0.1:${mute.port}` };
    expect(await senders([], server, ["ana@example.org"]).email(email, message, key, context, running)).toMatchObject({
      outcome: "failed",
      code: null,
    });
    void mute.close();
  }, 20_000);

  test("cannot be made to read a file or an address by what is in a message", async () => {
    const server = await startMailServer();
    ends.push(server.close);
    const sly = { ...message, headline: '<img src="file:///etc/passwd">', events: [] };
    await senders([], server, ["ana@example.org"]).email({ ...channel, kind: "email" }, sly, key, context, running);
    expect(server.mails[0]?.source).not.toContain("root:");
    expect(server.mails[0]?.source).toContain("&lt;img");
  });
});
