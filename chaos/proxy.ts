import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What happens to one connection. Bytes count from its beginning; `cutAnswer` after 0 loses an answer that was given. */
export type Mode =
  | { kind: "pass" }
  | { kind: "latency"; ms: number }
  | { kind: "blackhole"; ms: number }
  | { kind: "reset" }
  | { kind: "drip"; everyMs: number; bytes: number }
  | { kind: "cutRequest"; bytes: number }
  | { kind: "cutAnswer"; bytes: number };

export type FaultProxy = {
  port: number;
  /** Connections that come meanwhile are refused. */
  refuseFor(ms: number): Promise<void>;
  /** Breaks every connection. */
  cut(): void;
  stop(): void;
};

type Carry = (from: Socket, to: Socket, way: "request" | "answer", cut: () => void) => void;

const copy = (from: Socket, to: Socket): void => {
  from.on("data", (chunk) => to.write(chunk));
  from.on("end", () => to.end());
};

/** Passes the first bytes, then cuts both sides; of what was cut nothing more arrives. */
const carryUntil = (bytes: number, cutWay: "request" | "answer"): Carry => {
  return (from, to, way, cut) => {
    if (way !== cutWay) return copy(from, to);
    let left = bytes;
    from.on("data", (chunk: Buffer) => {
      if (left > 0) to.write(chunk.subarray(0, left));
      left -= chunk.length;
      // What was passed must leave before the connection breaks.
      if (left <= 0) setTimeout(cut, 5);
    });
    from.on("end", () => to.end());
  };
};

/** Passes the answer one byte after another, and no more than so many. */
const dripUntil = (everyMs: number, bytes: number): Carry => {
  return (from, to, way, cut) => {
    if (way !== "answer") return copy(from, to);
    const waiting: number[] = [];
    let left = bytes;
    let hasEnded = false;
    const timer = setInterval(() => {
      const byte = waiting.shift();
      if (byte !== undefined) {
        to.write(Buffer.of(byte));
        left -= 1;
      } else if (hasEnded) to.end();
      if (left <= 0) cut();
    }, everyMs);
    from.on("data", (chunk: Buffer) => waiting.push(...chunk));
    from.on("end", () => {
      hasEnded = true;
    });
    to.on("close", () => clearInterval(timer));
  };
};

const carries: { [Kind in Mode["kind"]]: (mode: Extract<Mode, { kind: Kind }>) => Carry } = {
  pass: () => copy,
  latency:
    ({ ms }) =>
    (from, to) => {
      from.on("data", (chunk) => setTimeout(() => to.write(chunk), ms));
      from.on("end", () => setTimeout(() => to.end(), ms));
    },
  blackhole:
    ({ ms }) =>
    (from, _to, _way, cut) => {
      from.on("data", () => undefined);
      setTimeout(cut, ms);
    },
  reset: () => (_from, _to, _way, cut) => cut(),
  drip: ({ everyMs, bytes }) => dripUntil(everyMs, bytes),
  cutRequest: ({ bytes }) => carryUntil(bytes, "request"),
  cutAnswer: ({ bytes }) => carryUntil(bytes, "answer"),
};

/** Stands between a caller and a server of this machine; `modeOf` decides about each new connection. */
export const startProxy = async (targetPort: number, modeOf: () => Mode): Promise<FaultProxy> => {
  const open = new Set<Socket>();
  const hold = (socket: Socket): Socket => {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
    return socket;
  };
  const server = createServer((caller) => {
    hold(caller);
    const upstream = hold(connect(targetPort, "127.0.0.1"));
    const cut = () => {
      caller.resetAndDestroy();
      upstream.destroy();
    };
    upstream.on("error", cut);
    caller.on("close", () => upstream.destroy());
    const mode = modeOf();
    const carry = carries[mode.kind](mode as never);
    carry(caller, upstream, "request", cut);
    carry(upstream, caller, "answer", cut);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const cutAll = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: address.port,
    refuseFor: async (ms) => {
      server.close();
      await sleep(ms);
      server.listen(address.port, "127.0.0.1");
      await once(server, "listening");
    },
    cut: cutAll,
    stop: () => {
      server.close();
      cutAll();
    },
  };
};
