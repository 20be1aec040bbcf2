import { spawn } from "node:child_process";
import { once } from "node:events";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { redisIsInstalled, startRedis } from "./testing.ts";

const onRedis = test.runIf(redisIsInstalled());
const lives = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

onRedis("a killed server comes back on its port with what it kept on disk, and is gone when stopped", async () => {
  const server = await startRedis({ args: ["--appendonly", "yes", "--appendfsync", "always"] });
  const first = server.pid;
  const client = new Redis(server.url);
  client.on("error", () => undefined);
  await client.set("key", "kept");
  await server.kill();
  expect(lives(first)).toBe(false);
  await server.restart();
  expect(server.pid).not.toBe(first);
  expect(await client.get("key")).toBe("kept");
  client.disconnect();
  await server.stop();
  expect(lives(server.pid)).toBe(false);
});

onRedis("a server goes with the process that started it, even a killed one", async () => {
  const script = `
    import { startRedis } from "${new URL("./testing.ts", import.meta.url).href}";
    const server = await startRedis();
    process.stdout.write(String(server.pid));
    setInterval(() => undefined, 1000);`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  const parent = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = await once(parent.stdout, "data");
  const pid = Number(String(said));
  expect(lives(pid)).toBe(true);
  parent.kill("SIGKILL");
  await expect.poll(() => lives(pid), { timeout: 10_000 }).toBe(false);
});
