import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { SMTPServer } from "smtp-server";

export type Received = { path: string; headers: IncomingHttpHeaders; body: string };
export type Receiver = { url: string; host: string; received: Received[]; close: () => Promise<void> };

type Answer = (response: ServerResponse, received: Received) => void;

/** What a receiver may do to us. */
export const behaviours = {
  accept: (response) => void response.writeHead(204).end(),
  refuse: (response) => void response.writeHead(500).end("broken"),
  busy: (response) => void response.writeHead(429, { "retry-after": "120" }).end(),
  redirect: (response) => void response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end(),
  hang: () => undefined,
  drip: (response) => {
    const timer = setInterval(() => response.socket?.write("H"), 100);
    response.socket?.on("close", () => clearInterval(timer));
  },
  cut: (response) => void response.socket?.destroy(),
  endless: (response) => {
    response.writeHead(200);
    const pour = (): void => {
      if (!response.destroyed) response.write("x".repeat(64 * 1024), pour);
    };
    pour();
  },
} as const satisfies Record<string, Answer>;

export const startReceiver = async (answer: Answer): Promise<Receiver> => {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString("utf8") };
      received.push(one);
      answer(response, one);
    });
    request.on("error", () => undefined);
    response.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}/hook`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const selfSigned = async (name: string) => {
  const folder = await mkdtemp(join(tmpdir(), "countersign-tls-"));
  const [key, cert] = [join(folder, "key"), join(folder, "cert")];
  const how = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const named = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  await promisify(execFile)("openssl", ["req", ...how, "-keyout", key, "-out", cert, ...named]);
  const made = { key: await readFile(key), cert: await readFile(cert) };
  await rm(folder, { recursive: true });
  return made;
};

/** A server that shows a certificate for this name which nobody signed; made with openssl. */
export const startSecureReceiver = async (name: string) => {
  let received = 0;
  const shown = await selfSigned(name);
  const server = createSecureServer(shown, (_, response) => {
    received += 1;
    response.end();
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cert: shown.cert,
    received: () => received,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
};

export type Mail = { from: string; to: string[]; source: string };

export type MailBehaviour = {
  /** Answers so to each recipient, or to one alone. */
  refuse?: number;
  only?: string;
  /** Shows a certificate which nobody signed, when it is asked to or from the first byte on. */
  tls?: "asked" | "always";
  /** Answers each mail that has come in. */
  take?: (mail: Mail, answer: (refusal?: Error) => void) => void;
};

/** A mail server that takes what it gets, unless told otherwise. */
export const startMailServer = async ({ refuse, only, tls, take = (_, answer) => answer() }: MailBehaviour = {}) => {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: tls === undefined ? ["STARTTLS"] : [],
    secure: tls === "always",
    logger: false,
    onRcptTo: ({ address }, _session, done) =>
      refuse === undefined || (only !== undefined && address !== only)
        ? done()
        : done(Object.assign(new Error("no"), { responseCode: refuse })),
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        const to = envelope.rcptTo.map(({ address }) => address);
        const mail = { from, to, source: Buffer.concat(chunks).toString("utf8") };
        mails.push(mail);
        take(mail, done);
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `${tls === "always" ? "smtps" : "smtp"}://127.0.0.1:${port}`,
    mails,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
};

/** A server that takes connections and never says a word. */
export const startMuteServer = async () => {
  const server = createSocketServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
};
