import { setTimeout as sleep } from "node:timers/promises";
import { StartError } from "@countersign/db/embedded/start-error";

/** Waits until the API of this very run answers that it is ready; an older one on the same port does not count. */
export async function waitUntilReady(port: number, instanceId: string, limitMs = 60_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  let last = "no answer";
  while (Date.now() < deadline) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2000) });
      const body = await response.text();
      const { instance } = JSON.parse(body) as { instance?: string };
      if (response.ok && instance === instanceId) return;
      last = body.slice(0, 300);
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await sleep(50);
  }
  throw new StartError(`Countersign started but did not get ready within ${limitMs / 1000} s: ${last}`);
}
