import { connect } from "node:net";

export type Answer = { status: number; body: () => string };

/** One keep-alive connection that sends ready bytes and waits for the answer, with next to no work of its own. */
export type Connection = { send: (request: Buffer) => Promise<Answer>; close: () => void };

const headEnd = Buffer.from("\r\n\r\n");
const lastChunk = Buffer.from("0\r\n\r\n");

/** The answer once all of it is there, else null. */
const complete = (bytes: Buffer): Answer | null => {
  const end = bytes.indexOf(headEnd);
  if (end === -1) return null;
  const head = bytes.toString("latin1", 0, end).toLowerCase();
  const start = end + headEnd.length;
  const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
  const whole =
    length === undefined
      ? bytes.length >= start + lastChunk.length && bytes.subarray(-lastChunk.length).equals(lastChunk)
      : bytes.length >= start + Number(length);
  return whole ? { status: Number(head.slice(9, 12)), body: () => bytes.toString("utf8", start) } : null;
};

export const openConnection = (port: number): Promise<Connection> =>
  new Promise((resolve, reject) => {
    let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;
    let parts: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () =>
      resolve({
        send: (request) =>
          new Promise((resolveAnswer, rejectAnswer) => {
            waiting = { resolve: resolveAnswer, reject: rejectAnswer };
            socket.write(request);
          }),
        close: () => socket.destroy(),
      }),
    );
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      parts.push(chunk);
      const bytes = parts.length === 1 ? chunk : Buffer.concat(parts);
      const answer = complete(bytes);
      if (answer === null) {
        parts = [bytes];
        return;
      }
      parts = [];
      const { resolve: done } = waiting ?? {};
      waiting = null;
      done?.(answer);
    });
    const fail = (error: Error): void => {
      reject(error);
      waiting?.reject(error);
    };
    socket.on("error", fail);
    socket.on("close", () => fail(new Error("the server closed the connection")));
  });

/** The bytes of a POST as our own page sends it. */
export const post = (port: number, path: string, cookie: string, body: string): Buffer => {
  const lines = [
    `POST ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    "content-type: application/json",
    "accept: */*",
    "user-agent: countersign-bench/1",
    "sec-fetch-site: same-origin",
    ...(cookie === "" ? [] : [`cookie: ${cookie}`]),
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`);
};
