import type { Child } from "./child.ts";
import { createPeerLog } from "./peer-log.ts";
import { type Product, startProduct } from "./product.ts";
import type { Stage } from "./stage.ts";

/** What a goal needs to be measured; servers start when first asked for and are shared by all goals. */
export type Scene = {
  stage: Stage;
  rounds: number;
  tell: (line: string) => void;
  product: (queue: "redis" | "postgres") => Promise<Product>;
  /** The server with what the product is compared with, on the Redis product's database. */
  peer: () => Promise<Child>;
  /** The worker of the naive pipeline. */
  naive: () => Promise<Child>;
};

const once = <Value>(make: () => Promise<Value>): (() => Promise<Value>) => {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

export const openScene = (stage: Stage, rounds: number, tell: (line: string) => void): Scene => {
  const products = {
    redis: once(() => startProduct(stage, "redis")),
    postgres: once(() => startProduct(stage, "postgres")),
  };
  const peerEnv = once(async () => {
    const { office } = await products.redis();
    await createPeerLog(office.admin);
    return { DATABASE_URL: office.urls.api, REDIS_URL: stage.redisUrl };
  });
  return {
    stage,
    rounds,
    tell,
    product: (queue) => products[queue](),
    peer: once(async () => stage.start({ name: "peer", file: "bench/peer-server.ts", env: await peerEnv() })),
    naive: once(async () => stage.start({ name: "naive", file: "bench/naive-worker.ts", env: await peerEnv() })),
  };
};
