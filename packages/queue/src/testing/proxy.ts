import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export type Proxy = {
  port: number;
  /** Leaves the connections there are open and carries nothing over them any more; new ones work. */
  silence: () => void;
  stop: () => void;
};

/** Stands between a client and a server of this machine, as a network does that loses connections without a word. */
export const startProxy = async (targetPort: number): Promise<Proxy> => {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    const upstream = keep(connect(targetPort, "127.0.0.1"));
    keep(client).pipe(upstream).pipe(client);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    port: address.port,
    silence: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};
