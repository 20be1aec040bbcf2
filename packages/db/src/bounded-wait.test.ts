import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { connect } from "./client.ts";
import { inTransaction } from "./transaction.ts";

const message = (kind: string, text: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + text.length);
  return Buffer.concat([Buffer.from(kind), length, Buffer.from(text, "latin1")]);
};
const welcome = Buffer.concat([message("R", "\0\0\0\0"), message("Z", "I")]);
const done = Buffer.concat([message("C", "SELECT 0\0"), message("Z", "I")]);
const failure = message("E", "SERROR\0VERROR\0C22012\0Mdivision by zero\0\0");

/** A server that answers the first statement with an error and goes away before it is ready again; after that all is well. */
const startServer = async () => {
  let statements = 0;
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(welcome);
      socket.on("data", () => {
        statements += 1;
        if (statements === 1) socket.end(failure);
        else socket.write(done);
      });
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const db = connect(`postgres://u@127.0.0.1:${port}/d`, { name: "test", max: 1 });
  const stop = async () => {
    await db.end(0);
    server.close();
  };
  return { db, stop };
};

test("the error of a statement whose connection died is not given to the next one, which was never sent", async () => {
  const { db, stop } = await startServer();
  await expect(db.sql.unsafe("select 1 / 0")).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  await expect(db.sql.unsafe("select")).rejects.toMatchObject({ code: "UNSENT" });
  await expect(db.sql.unsafe("select")).resolves.toEqual([]);
  await stop();
});

test("nor to a transaction, which begins all the same", async () => {
  const { db, stop } = await startServer();
  await expect(db.sql.unsafe("select 1 / 0")).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  await expect(inTransaction(db, async (tx) => tx.sql.unsafe("select"))).resolves.toEqual([]);
  await stop();
});
